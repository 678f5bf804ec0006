import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { eventually } from '../support/eventually.ts';
import type { GatePattern } from '../support/faults/api-gate.ts';
import { type Applications, openApplications, settingsFile } from '../support/installation/applications.ts';
import { clusterArns, clusterNames } from '../support/installation/cluster.ts';
import { type Installation, openInstallation, openMs } from '../support/installation/open-installation.ts';
import { deployment, gatedFiles } from '../support/manifests.ts';

let bed: Installation;
let apps: Applications;
let syncQueue: string;
let restoreQueue: string;
beforeAll(async () => {
  bed = await openInstallation({ lane: 'fast' });
  apps = openApplications(bed);
  syncQueue = bed.settings.syncQueues['public'] ?? '';
  restoreQueue = bed.settings.restoreQueues['public'] ?? '';
  bed.hurry();
}, openMs);
afterAll(() => bed?.close());

const scan = (cluster: keyof typeof clusterArns): Promise<unknown> =>
  bed.functions.invoke('scan', { cluster: clusterArns[cluster] });

/** Gives the Service `gate` the address that it waits for. */
async function openGate(namespace: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(bed.cluster.controlPlane.kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const service = await core.readNamespacedService({ name: 'gate', namespace });
  const body = { ...service, status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } };
  await core.replaceNamespacedServiceStatus({ name: 'gate', namespace, body });
}

describe('Work of Plumbline on AWS', () => {
  it('goes on where it was when a sync outlasts three invocations', async () => {
    // Of which it looks for 4 s at what it waits for.
    await bed.functions.setTimeout('sync', 24);
    await apps.declare('long', gatedFiles);
    const operation = await eventually('it is handed back three times', async () => {
      const found = (await bed.state.head('long'))?.operation;
      return (found?.stalled?.handBacks ?? 0) >= 3 ? found : undefined;
    });
    await openGate('long');
    const head = await apps.healthy('long');
    expect(head.operation?.id).toBe(operation.id);
    expect(head.snapshots).toHaveLength(1);
  });
});

/** Where functions are when they are ended, at a question to the API server. */
const stages: readonly (readonly [stage: string, at: GatePattern])[] = [
  ['it looks what would change', { method: 'GET', path: /\/configmaps\/settings$/ }],
  ['it applies', { method: 'PATCH', path: /\/configmaps\/settings\?(?!.*dryRun)/ }],
  ['it looks how a rollout goes on', { method: 'GET', path: /\/deployments\/web/ }],
];

describe('Nothing is lost when', () => {
  it('the schedule is ended while it asks Git', async () => {
    await apps.declare('asking', settingsFile('1'));
    await apps.healthy('asking');
    bed.webhooks.loseAll(true);
    const commit = await apps.push('asking', settingsFile('2'));
    await bed.git.deliveries();
    bed.webhooks.loseAll(false);
    const asked = hangGit('asking');
    const first = bed.functions.invoke('schedule', { tick: true });
    await asked();
    await bed.functions.kill('schedule');
    expect(await first).toHaveProperty('error');
    await bed.functions.invoke('schedule', { tick: true });
    await apps.healthy('asking', commit);
  });

  it('render is ended while it fetches', async () => {
    await apps.declare('fetching', settingsFile('1'));
    await apps.healthy('fetching');
    const asked = hangGit('fetching');
    const commit = await apps.push('fetching', settingsFile('2'));
    await asked();
    await bed.functions.kill('render');
    await apps.healthy('fetching', commit);
  });

  it.each(stages)('sync is ended while %s', async (stage, at) => {
    const name = stage.replaceAll(' ', '-');
    await apps.declare(name, { ...settingsFile('1'), 'app/web.yaml': deployment('web') });
    await apps.healthy(name);
    const held = bed.cluster.gates.near.hold(at);
    const commit = await apps.push(name, { ...settingsFile('2'), 'app/web.yaml': deployment('web', { replicas: 2 }) });
    await held.arrived;
    await bed.functions.kill('sync');
    held.release();
    await apps.healthy(name, commit);
    expect(await apps.value(name)).toBe('2');
  });

  it('scan is ended while it looks for drift', async () => {
    await apps.declare('drifting', settingsFile('1'));
    await apps.healthy('drifting');
    await removeSettings('drifting');
    const held = bed.cluster.gates.near.hold({ method: 'GET', path: /\/configmaps\?/ });
    const first = scan('near');
    await held.arrived;
    await bed.functions.kill('scan');
    held.release();
    expect(await first).toHaveProperty('error');
    await scan('near');
    await apps.arrives('drifting', '1');
  });

  it('restore is ended while it applies', async () => {
    await apps.declare('restoring', settingsFile('1'));
    await apps.healthy('restoring');
    await removeSettings('restoring');
    const held = bed.cluster.gates.near.hold({ method: 'PATCH', path: /\/configmaps\/settings\?(?!.*dryRun)/ });
    const job = { work: 'restore', cluster: clusterArns.near, apps: 'restoring' } as const;
    await bed.queues.send(restoreQueue, clusterArns.near, { job, origin: 'ada' });
    await held.arrived;
    await bed.functions.kill('restore');
    held.release();
    await eventually('there is a report', async () => (await bed.state.keys('restored/')).length === 1);
    expect(await apps.value('restoring')).toBe('1');
  });
});

/** The next question to a repository is never answered; gives what waits for it. */
function hangGit(repository: string): () => Promise<unknown> {
  bed.git.fail({ repository, status: 'hang', times: 1 });
  bed.git.forgetRequests();
  return () =>
    eventually('Git is asked', () => bed.git.requests().some((request) => request.repository === repository));
}

async function removeSettings(namespace: string): Promise<void> {
  await bed.objects.delete({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace } });
}

describe('Messages', () => {
  it('that come twice, late or out of order change nothing', async () => {
    await apps.declare('twice', settingsFile('1'));
    await apps.healthy('twice');
    const from = bed.webhooks.deliveries.length;
    await apps.push('twice', settingsFile('2'));
    const commit = await apps.push('twice', settingsFile('3'));
    const { snapshots } = await apps.healthy('twice', commit);
    const deliveries = bed.webhooks.deliveries.slice(from);
    for (const delivery of deliveries.toReversed()) expect((await bed.webhooks.send(delivery)).status).toBe(202);
    for (const cause of ['git', 'drift', 'retry', 'secret', 'git'] as const) {
      const message = { job: { work: 'follow', application: 'twice', cause }, origin: 'late' } as const;
      await bed.queues.send(syncQueue, 'twice', message);
    }
    await bed.rest();
    expect(await apps.value('twice')).toBe('3');
    expect((await apps.healthy('twice', commit)).snapshots).toEqual(snapshots);
  });

  it('that cannot be read become dead letters with the reason, and hold up nothing', async () => {
    await apps.declare('behind', settingsFile('1'));
    await apps.healthy('behind');
    const broken = ['not JSON', '{"job":{"work":"destroy","application":"behind"},"origin":"x"}'];
    for (const body of broken) await bed.queues.send(syncQueue, 'behind', body);
    await apps.healthy('behind', await apps.push('behind', settingsFile('2')));
    const letters = await eventually('dead letters', async () => {
      const found = await bed.queues.peek(bed.settings.deadLetters);
      return found.length >= broken.length ? found : undefined;
    });
    expect(letters.map(({ Body }) => Body).toSorted()).toEqual(broken.toSorted());
    for (const { MessageAttributes } of letters) expect(MessageAttributes?.['reason']?.StringValue).toMatch(/\w/);
  });
});

describe('A cluster that does not answer', () => {
  it('delays no other, and is caught up with when it answers again', async () => {
    await apps.declare('distant', settingsFile('1'), { cluster: clusterNames.far });
    await apps.declare('close', settingsFile('1'));
    await Promise.all([apps.healthy('distant'), apps.healthy('close')]);
    await bed.cluster.gates.far.shut();
    await scan('far');
    await apps.push('distant', settingsFile('2'));
    const started = Date.now();
    await apps.healthy('close', await apps.push('close', settingsFile('2')));
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(await apps.value('distant')).toBe('1');
    await bed.cluster.gates.far.open();
    await scan('far');
    await apps.arrives('distant', '2');
  });
});

describe('A second deploy', () => {
  const busyMs = 240_000;
  it(
    'takes effect, and a sync that is under way goes on',
    async () => {
      await apps.declare('during', gatedFiles);
      await eventually('it waits', async () => (await bed.state.head('during'))?.operation?.phase === 'Running');
      const clusters = Object.values(clusterArns).map((arn) => ({
        arn,
        accessEntry: 'make',
        aliases: [`${arn}-again`],
      }));
      await bed.deployAgain({ clusters: JSON.stringify(clusters) });
      await openGate('during');
      await apps.healthy('during');
      await bed.functions.invoke('relay', { register: true });
      await apps.declare('alias', settingsFile('1'), { cluster: `${clusterArns.near}-again` });
      await apps.healthy('alias');
    },
    busyMs,
  );
});

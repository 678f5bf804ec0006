import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Delivery } from '../../shared/model/push.ts';
import type { StateEvent } from '../../shared/model/state-event.ts';
import { denyRole, restoreRole } from '../support/aws/iam.ts';
import { eventually } from '../support/eventually.ts';
import { type Applications, openApplications, settingsFile } from '../support/installation/applications.ts';
import { clusterArns } from '../support/installation/cluster.ts';
import { type Installation, openInstallation, openMs } from '../support/installation/open-installation.ts';
import { deployment } from '../support/manifests.ts';
import { stuckDeployment } from '../support/rollback-bed.ts';
import { awsStore, externalSecret, readerOf } from '../support/secrets/manifests.ts';

// Each function has just the rights of its role here, and all is over TLS.
let bed: Installation;
let apps: Applications;
beforeAll(async () => {
  bed = await openInstallation({ lane: 'iam' });
  apps = openApplications(bed);
}, openMs);
afterAll(() => bed?.close());

const web = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const scan = (): Promise<unknown> => bed.functions.invoke('scan', { cluster: clusterArns.near });
const told = (application: string, type: StateEvent['type']): Promise<StateEvent> =>
  eventually(`${type} is told of ${application}`, () =>
    bed.tap.events.find((event) => event.application === application && event.type === type),
  );

describe('Plumbline on AWS', () => {
  it('makes an application healthy at the commit of a push that arrives at the HTTP API, and tells where it came from', async () => {
    await apps.declare('shop', { ...settingsFile('1'), 'app/web.yaml': deployment('web') });
    await apps.healthy('shop');
    const commit = await apps.push('shop', settingsFile('2'));
    const head = await apps.healthy('shop', commit);
    expect(await apps.value('shop')).toBe('2');
    const delivery = bed.webhooks.deliveries.at(-1)?.headers['x-gitea-delivery'] ?? '';
    expect(head.operation?.origin).toContain(delivery);
    expect(bed.cluster.reviews.filter((review) => 'refusal' in review)).toEqual([]);
    expect(await told('shop', 'plumbline.sync.succeeded')).toMatchObject({
      sync: 'Synced',
      cluster: expect.any(String),
    });
  });
});

describe('Where nobody is kept waiting, Plumbline on AWS', () => {
  let dawdle: () => void;
  beforeAll(() => {
    dawdle = bed.hurry();
  });
  afterAll(() => dawdle());

  it('finds a push by its schedule when the webhook was lost', async () => {
    await apps.declare('lost', settingsFile('1'));
    await apps.healthy('lost');
    bed.webhooks.loseAll(true);
    const commit = await apps.push('lost', settingsFile('2'));
    await bed.git.deliveries();
    bed.webhooks.loseAll(false);
    await bed.functions.invoke('schedule', { tick: true });
    await apps.healthy('lost', commit);
  });

  it('repairs a manual edit that its scan finds', async () => {
    await apps.declare('edited', settingsFile('1'));
    await apps.healthy('edited');
    await bed.objects.patch({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'edited' },
      data: { v: 'by hand' },
    } as never);
    await scan();
    await apps.arrives('edited', '1');
    await told('edited', 'plumbline.repaired');
  });

  it('goes back by itself from a merge that turns out bad, and stays there', async () => {
    const annotations = { 'plumbline.dev/auto-rollback': 'true' };
    await apps.declare('merged', { ...settingsFile('good'), 'app/web.yaml': deployment('web') }, { annotations });
    await apps.healthy('merged');
    await apps.push('merged', { ...settingsFile('bad'), 'app/web.yaml': stuckDeployment('web', 1) }, 'bad');
    await told('merged', 'plumbline.rolled-back');
    expect(await apps.value('merged')).toBe('good');
    const fixed = await apps.push('merged', { ...settingsFile('fixed'), 'app/web.yaml': deployment('web') });
    await apps.healthy('merged', fixed);
  });

  it('goes back when a person asks, and does it once however often it is asked', async () => {
    await apps.declare('asked', settingsFile('1'));
    await apps.healthy('asked');
    await apps.healthy('asked', await apps.push('asked', settingsFile('2')));
    const message = { job: { work: 'rollback', application: 'asked', why: 'a test' }, origin: 'ada' } as const;
    const { public: queue = '' } = bed.settings.syncQueues;
    for (const _ of ['once', 'twice']) await bed.queues.send(queue, 'asked', message);
    await apps.arrives('asked', '1');
    await told('asked', 'plumbline.rolled-back');
    const head = await apps.healthy('asked');
    expect(head.pin).toMatchObject({ why: 'a test', origin: 'ada' });
    expect(await apps.value('asked')).toBe('1');
  });

  it('restores what is wiped from a cluster, and reports it', async () => {
    await apps.declare('wiped', { ...settingsFile('1'), 'app/web.yaml': deployment('web') });
    await apps.healthy('wiped');
    await bed.objects.delete({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'wiped' } });
    await eventually(
      'the namespace is gone',
      async () => (await apps.live('wiped', { kind: 'Namespace', name: 'wiped' })) === undefined,
    );
    const { public: queue = '' } = bed.settings.restoreQueues;
    const job = { work: 'restore', cluster: clusterArns.near, apps: 'wiped' } as const;
    await bed.queues.send(queue, clusterArns.near, { job, origin: 'ada' });
    await apps.arrives('wiped', '1');
    await told('wiped', 'plumbline.restored');
    await eventually('there is a report', async () => (await bed.state.keys('restored/')).length === 1);
  });

  it('rolls the pods that use a secret when it is rotated', async () => {
    const values = ['marker-5d1e-first', 'marker-5d1e-second'] as const;
    await bed.secrets.createSecret({ Name: 'teams/db', SecretString: values[0] });
    await apps.declare('secret', {
      'app/store.yaml': awsStore('store', { region: 'us-east-1' }),
      'app/db.yaml': externalSecret('db', { PASSWORD: 'teams/db' }),
      'app/web.yaml': readerOf('db'),
      ...settingsFile('1'),
    });
    await apps.healthy('secret');
    const template = async (): Promise<string> => JSON.stringify((await apps.live('secret', web))?.spec?.['template']);
    const before = await template();
    await bed.secrets.putSecretValue({ SecretId: 'teams/db', SecretString: values[1] });
    await bed.tap.tellSecretChanged('teams/db');
    await eventually('the pods are rolled', async () => (await template()) !== before);
    const password = (await apps.live('secret', { kind: 'Secret', name: 'db' }))?.data?.['PASSWORD'] ?? '';
    expect(Buffer.from(password, 'base64').toString()).toBe(values[1]);
    const logs = await Promise.all(Object.keys(bed.settings.functions).map(bed.functions.logs));
    for (const said of [...logs.flat(), ...bed.tap.events.map((event) => JSON.stringify(event))])
      for (const value of values) expect(said).not.toContain(value);
  });

  it('puts what cannot be read to the dead letters, and tidies up', async () => {
    const { public: queue = '' } = bed.settings.syncQueues;
    await bed.queues.send(queue, 'nobody', 'not JSON');
    await eventually('a dead letter', async () => (await bed.queues.peek(bed.settings.deadLetters)).length === 1);
    expect(await bed.functions.invoke('scan', { tidy: true })).not.toHaveProperty('error');
  });
});

describe('Without a right', () => {
  it('a function fails, so that these tests would show it', async () => {
    const [delivery] = bed.webhooks.deliveries;
    const role = await bed.functions.role('webhook');
    const send = async (): Promise<number> => (await bed.webhooks.send(delivery as Delivery)).status;
    await denyRole(bed.emulator, role, 'sqs:SendMessage');
    expect(await send()).toBeGreaterThanOrEqual(500);
    await restoreRole(bed.emulator, role);
    expect(await send()).toBe(202);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Application } from '../../shared/model/application.ts';
import type { StringMap } from '../../shared/model/manifest.ts';
import type { SyncOutcome } from '../../shared/model/sync-request.ts';
import { trackingAnnotation } from '../../shared/plan/tracking.ts';
import { diffApplication } from '../../shared/workflows/compare/diff.ts';
import { refreshStatus } from '../../shared/workflows/compare/status.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { type Engine, type LiveTestObject, openEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { startServing } from '../support/serving.ts';

let engine: Engine;
let namespace: string;
beforeEach(async () => {
  engine = await openEngine();
  namespace = `${engine.namespace}-made`;
  await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a') });
});
afterEach(async () => {
  if ((await live()) !== undefined)
    await engine.objects.delete({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await engine.close();
});

const live = (): Promise<LiveTestObject | undefined> => engine.live('Namespace', namespace);

/** An application that asks for its namespace, with these labels on it. */
const shop = (labels: StringMap): Application =>
  engine.application('shop', {
    destination: { server: 'https://kubernetes.default.svc', namespace },
    syncPolicy: {
      automated: { selfHeal: true },
      syncOptions: ['CreateNamespace=true'],
      managedNamespaceMetadata: { labels },
    },
  });

const request = (labels: StringMap) => ({ application: shop(labels), project: engine.project });
const sync = (labels: StringMap): Promise<SyncOutcome> =>
  syncApplication({ ...request(labels), reason: 'manual' }, engine.ports);
const diff = (labels: StringMap) => diffApplication(request(labels), engine.ports);

async function editByHand(metadata: { readonly labels?: StringMap; readonly annotations?: StringMap }): Promise<void> {
  const before = await live();
  const labels = { ...before?.metadata?.labels, ...metadata.labels };
  const annotations = { ...before?.metadata?.annotations, ...metadata.annotations };
  const edited = { ...before, metadata: { ...before?.metadata, labels, annotations, managedFields: undefined } };
  await engine.objects.replace(edited as never, undefined, undefined, 'kubectl-edit');
}

describe('The namespace of an application that asks for it', () => {
  it('is shown by a diff while it is not there', async () => {
    const { differences, unknown } = await diff({ team: 'shop' });
    expect(unknown).toEqual([]);
    expect(differences.map(({ ref, change }) => [ref.kind, ref.name, change])).toEqual([
      ['Namespace', namespace, 'create'],
      ['ConfigMap', 'a', 'create'],
    ]);
    expect(differences[0]?.text).toContain('+    team: shop');
    expect(await live()).toBeUndefined();
  });

  it('loses the label that the policy names no more, and keeps what is of others', async () => {
    await sync({ team: 'shop', stage: 'prod' });
    await editByHand({ labels: { theirs: 'kept' } });
    const { differences } = await diff({ team: 'shop' });
    expect(differences.flatMap(({ fields }) => fields)).toEqual([{ path: 'metadata.labels.stage' }]);
    await sync({ team: 'shop' });
    expect((await live())?.metadata?.labels).toEqual({
      team: 'shop',
      theirs: 'kept',
      'kubernetes.io/metadata.name': namespace,
    });
    expect((await diff({ team: 'shop' })).differences).toEqual([]);
  });

  it('is repaired after a label was edited by hand, which diff and status tell', async () => {
    await sync({ team: 'shop' });
    await editByHand({ labels: { team: 'mine' } });
    const { differences } = await diff({ team: 'shop' });
    expect(differences).toMatchObject([{ change: 'change', ref: { kind: 'Namespace' } }]);
    expect(differences[0]?.fields).toEqual([{ path: 'metadata.labels.team', manager: 'kubectl-edit' }]);
    expect((await refreshStatus(request({ team: 'shop' }), engine.ports)).sync).toEqual({
      code: 'OutOfSync',
      message: `1 differ: Namespace ${namespace}`,
    });
    await sync({ team: 'shop' });
    expect((await live())?.metadata?.labels).toMatchObject({ team: 'shop' });
    expect((await refreshStatus(request({ team: 'shop' }), engine.ports)).sync.code).toBe('Synced');
  });

  it('is left alone when its Namespace comes from another application', async () => {
    await engine.objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await editByHand({ annotations: { [trackingAnnotation]: `platform:/Namespace:/${namespace}` } });
    await sync({ team: 'shop' });
    expect((await live())?.metadata?.labels).not.toHaveProperty('team');
    expect((await diff({ team: 'shop' })).differences).toEqual([]);
  });

  it('is repaired by serve', async () => {
    const declared = { application: shop({ team: 'shop' }), origin: 'the test' };
    const declarations = { applications: [declared], projects: [engine.project], rejected: [] };
    const serving = startServing(engine, { load: () => declarations });
    try {
      const teamIs = async (team: string): Promise<boolean> => (await live())?.metadata?.labels?.['team'] === team;
      const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace } };
      await eventually('it is there', () => teamIs('shop'));
      await eventually('all is applied', () => engine.objects.read(config).catch(() => undefined));
      await editByHand({ labels: { team: 'mine' } });
      await eventually('it is repaired', () => teamIs('shop'));
      await eventually('it says so', () =>
        serving.notices('warning').join().includes(`Namespace ${namespace} has drifted`),
      );
    } finally {
      await serving.stop();
    }
  });
});

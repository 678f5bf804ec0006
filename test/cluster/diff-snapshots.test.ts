import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clusters } from '../../shared/cluster-ports.ts';
import { emptyRender } from '../../shared/model/render.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import type { ApplicationDiff } from '../../shared/model/sync-request.ts';
import type { Ports } from '../../shared/ports.ts';
import { loadHead } from '../../shared/state/heads.ts';
import { saveRender } from '../../shared/state/renders.ts';
import { listSnapshots } from '../../shared/state/snapshots.ts';
import { type DeclaredNow, diffSnapshots } from '../../shared/workflows/compare/diff-snapshots.ts';
import { findSnapshot } from '../../shared/workflows/compare/find-snapshot.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import type { GitFiles } from '../support/git-repositories.ts';
import { configMap, deployment } from '../support/manifests.ts';

let engine: Engine;
let revisions: readonly string[];
let snapshots: readonly Snapshot[];

const request = (): DeclaredNow => ({ application: engine.application('shop'), project: engine.project });
const secret = (value: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { token: value } });

async function push(files: GitFiles, removed: readonly string[] = []): Promise<string> {
  const sha = await engine.git.commit('shop', { files, remove: removed });
  await sync();
  return sha;
}

async function sync(): Promise<void> {
  const { head } = await syncApplication({ ...request(), reason: 'manual', prune: true }, engine.ports);
  expect(head.operation).toMatchObject({ phase: 'Succeeded' });
}

/** Three commits, each of them synced: one object of each has another content, the second brings `come`, the third takes it. */
beforeEach(async () => {
  engine = await openEngine();
  const first = await engine.git.createRepository('shop', {
    'app/prompts.yaml': configMap('prompts', { text: 'one' }),
    'app/secret.yaml': secret('first-value'),
    'app/web.yaml': deployment('web'),
  });
  await sync();
  const second = await push({
    'app/prompts.yaml': configMap('prompts', { text: 'two' }),
    'app/secret.yaml': secret('second-value'),
    'app/come.yaml': configMap('come'),
  });
  const third = await push({ 'app/prompts.yaml': configMap('prompts', { text: 'three' }) }, ['app/come.yaml']);
  revisions = [first, second, third];
  ({ snapshots } = await listSnapshots(engine.ports.store, 'shop'));
});
afterEach(() => engine.close());

const at = (index: number): Snapshot => {
  const snapshot = snapshots[index];
  if (snapshot === undefined) throw new Error(`there are only ${snapshots.length} snapshots`);
  return snapshot;
};

/** A cluster that nobody can reach. */
const gone: Clusters = {
  open: async () => {
    throw new Error('the cluster was asked');
  },
};
const without = (clusters: Clusters): Ports => ({ ...engine.ports, clusters });

const changesOf = ({ differences }: ApplicationDiff): readonly string[] =>
  differences.map(({ ref, change }) => `${change} ${ref.name}`).sort();
const textOf = ({ differences }: ApplicationDiff): string => differences.map(({ text }) => text).join('');

async function editByHand(): Promise<void> {
  const live = await engine.live('ConfigMap', 'prompts');
  const metadata = { ...live?.metadata, resourceVersion: undefined };
  await engine.objects.replace(
    { ...live, metadata, data: { text: 'by hand' } } as never,
    undefined,
    undefined,
    'editor',
  );
}

describe('A snapshot', () => {
  it('is compared with another one while neither Git nor the cluster can be reached', async () => {
    await engine.git.stop();
    expect(snapshots.map(({ sources }) => sources[0]?.revision)).toEqual(revisions);
    const [from, to] = await Promise.all(
      revisions.slice(0, 2).map((revision) => findSnapshot(engine.ports.store, 'shop', revision)),
    );
    if (from === undefined || to === undefined) throw new Error('not found');
    const found = await diffSnapshots({ from, to }, without(gone));
    expect(changesOf(found)).toEqual(['change prompts', 'change s', 'create come']);
    expect(textOf(found)).toContain('-  text: one\n+  text: two\n');
    expect(textOf(found)).toContain(`--- snapshot/${from.name}/ConfigMap.${engine.namespace}.prompts\n`);
    expect(textOf(found)).toContain(`+++ snapshot/${to.name}/ConfigMap.${engine.namespace}.prompts\n`);
    expect(textOf(found)).not.toContain(Buffer.from('first-value').toString('base64'));

    const back = await diffSnapshots({ from: to, to: from }, without(gone));
    expect(changesOf(back)).toEqual(['change prompts', 'change s', 'prune come']);
    expect(textOf(back)).toContain('-  text: two\n+  text: one\n');
  });

  it('is compared with the cluster by its own dry run, Git gone or not, and nothing is changed', async () => {
    await engine.git.stop();
    const before = await loadHead(engine.ports.store, 'shop');
    const newest = await diffSnapshots({ from: at(2), to: 'live' }, engine.ports);
    expect(newest).toMatchObject({ differences: [], unknown: [], between: { from: at(2).name, to: 'live' } });

    const earlier = await diffSnapshots({ from: at(1), to: 'live' }, engine.ports);
    expect(changesOf(earlier)).toEqual(['change prompts', 'prune come']);
    expect(textOf(earlier)).toContain('-  text: two\n+  text: three\n');

    await editByHand();
    await engine.objects.delete({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: engine.namespace },
    });
    const edited = await diffSnapshots({ from: at(2), to: 'live' }, engine.ports);
    expect(changesOf(edited)).toEqual(['change prompts', 'prune s']);
    expect(textOf(edited)).toMatch(/^- {2}text: three\n\+ {2}text: by hand # changed by editor \(/m);
    expect(textOf(edited)).toMatch(
      new RegExp(`^--- snapshot/${at(2).name}/(\\S+)\n\\+\\+\\+ live/ConfigMap\\.${engine.namespace}\\.prompts\n`, 'm'),
    );
    expect(textOf(edited)).not.toContain(Buffer.from('second-value').toString('base64'));
    expect(await loadHead(engine.ports.store, 'shop')).toEqual(before);
    expect(await engine.live('Secret', 's')).toBeUndefined();
    expect(await engine.live('ConfigMap', 'prompts')).toMatchObject({ data: { text: 'by hand' } });
  });

  it('shows what the cluster has beyond it, as added', async () => {
    await push({ 'app/later.yaml': configMap('later', { text: 'new' }) });
    const found = await diffSnapshots({ from: at(2), to: 'live' }, engine.ports);
    expect(changesOf(found)).toEqual(['create later']);
    expect(textOf(found)).toContain('+  text: new\n');
  });

  it('is compared with what Git says now, though nobody has synced it, and with any revision', async () => {
    const files = { 'app/prompts.yaml': configMap('prompts', { text: 'four' }), 'app/role.yaml': clusterRole };
    await engine.git.commit('shop', { files });
    const found = await diffSnapshots({ from: at(2), to: 'git', declared: request() }, engine.ports);
    expect(changesOf(found)).toEqual(['change prompts', 'create viewer']);
    expect(textOf(found)).toContain('-  text: three\n+  text: four\n');
    expect(textOf(found)).toContain(`+++ git/ConfigMap.${engine.namespace}.prompts\n`);
    expect(textOf(found)).toContain('+++ git/rbac.authorization.k8s.io.ClusterRole.viewer\n');

    const revision = revisions[0] ?? '';
    const old = await diffSnapshots({ from: at(0), to: 'git', revision }, engine.ports);
    expect(old).toMatchObject({ differences: [], rendered: { sources: [{ revision }] } });
  });

  it('of an application that left its parent with its objects is compared like any other', async () => {
    await saveRender(engine.ports.store, engine.project.name, emptyRender);
    const left: Snapshot = { ...at(2), renderDigest: emptyRender.digest, inventory: [], left: true };
    const found = await diffSnapshots({ from: at(2), to: left }, without(gone));
    expect(changesOf(found)).toEqual(['prune prompts', 'prune s', 'prune web']);
  });
});

const clusterRole = JSON.stringify({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'viewer' },
  rules: [],
});

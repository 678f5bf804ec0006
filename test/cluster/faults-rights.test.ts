import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeconfigClusters } from '../../shared/adapters/kubernetes/kubeconfig-clusters.ts';
import { refreshStatus } from '../../shared/workflows/compare/status.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { sharedControlPlane } from '../support/control-plane/shared-control-plane.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { configMap } from '../support/manifests.ts';
import { testConceal } from '../support/secrets/no-secrets.ts';

type Rule = {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
};
type More = Partial<Parameters<typeof syncApplication>[0]>;

const everything = ['get', 'list', 'create', 'update', 'patch', 'delete'];
const rbac = 'rbac.authorization.k8s.io';

let engine: Engine;
let clusters: KubeconfigClusters | undefined;
beforeEach(async () => {
  engine = await openEngine();
});
afterEach(async () => {
  await clusters?.close();
  await engine.close();
});

const sync = (more: More = {}, ports = engine.ports): ReturnType<typeof syncApplication> =>
  syncApplication(
    { application: engine.application('shop'), project: engine.project, reason: 'manual', ...more },
    ports,
  );

/** The engine's ports as a user who has these rights in its namespace, and no other. */
async function portsAs(user: string, rules: readonly Rule[]): Promise<Engine['ports']> {
  const name = `${user}-${engine.namespace}`;
  const metadata = { name, namespace: engine.namespace };
  const complete = rules.map((rule) => ({ apiGroups: [''], ...rule }));
  await engine.objects.create({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules: complete } as never);
  const roleRef = { apiGroup: rbac, kind: 'Role', name };
  const subjects = [{ apiGroup: rbac, kind: 'User', name }];
  await engine.objects.create({ apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects } as never);
  clusters = new KubeconfigClusters({ conceal: testConceal, kubeconfig: await sharedControlPlane().addUser(name) });
  return { ...engine.ports, clusters };
}

const secret = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'token' },
  stringData: { key: 'hush' },
});

describe('A kind that the user may not', () => {
  it('write is named with who may not do what; what is allowed is applied', async () => {
    const ports = await portsAs('deployer', [
      { resources: ['configmaps'], verbs: everything },
      { resources: ['secrets'], verbs: ['get', 'list'] },
    ]);
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a'), 'app/token.yaml': secret });
    const { head } = await sync({}, ports);
    const message = head.operation?.message ?? '';
    expect(head).toMatchObject({ sync: { code: 'OutOfSync' }, operation: { phase: 'Failed' } });
    expect(message).toContain(`Secret ${engine.namespace}/token`);
    expect(message).toMatch(/User "deployer-[^"]*" cannot (patch|create) resource "secrets"/);
    expect(message).not.toContain('hush');
    expect(await engine.live('ConfigMap', 'a')).toBeDefined();
  });

  it('read is Unknown, and is not applied blindly though it could be', async () => {
    const ports = await portsAs('writer', [
      { resources: ['configmaps'], verbs: everything },
      { resources: ['secrets'], verbs: ['create', 'patch', 'delete'] },
    ]);
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a'), 'app/token.yaml': secret });
    const { head, results } = await sync({}, ports);
    expect(head).toMatchObject({ sync: { code: 'Unknown' }, operation: { phase: 'Failed' } });
    expect(head.sync.message).toMatch(/Secret [^ ]*\/token.*User "writer-[^"]*" cannot get resource "secrets"/);
    expect(results.find(({ ref }) => ref.name === 'token')?.action).toBe('failed');
    expect(await engine.live('Secret', 'token')).toBeUndefined();
    expect(await engine.live('ConfigMap', 'a')).toBeDefined();
  });
});

describe('An object that is not wanted any more and cannot be read', () => {
  it('is kept and stays owned; the application is Unknown until it can be read again', async () => {
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a'), 'app/token.yaml': secret });
    await sync();
    await engine.git.commit('shop', { remove: ['app/token.yaml'] });
    const ports = await portsAs('pruner', [
      { resources: ['configmaps'], verbs: everything },
      { resources: ['secrets'], verbs: ['patch', 'delete'] },
    ]);
    const { head } = await sync({ prune: true }, ports);
    expect(head.sync).toEqual({ code: 'Unknown', message: expect.stringMatching(/Secret [^ ]*\/token.*cannot get/) });
    expect(head.inventory.map(({ ref }) => ref.name).sort()).toEqual(['a', 'token']);
    expect(await engine.live('Secret', 'token')).toBeDefined();
    const status = await refreshStatus({ application: engine.application('shop'), project: engine.project }, ports);
    expect(status.sync.code).toBe('Unknown');
    const again = await sync({ prune: true });
    expect(again.head).toMatchObject({ sync: { code: 'Synced' }, inventory: [{ ref: { name: 'a' } }] });
    expect(await engine.live('Secret', 'token')).toBeUndefined();
  });
});

describe('Objects of a kind that can no longer be read', () => {
  it('are neither changed nor pruned, and each is told', async () => {
    await engine.git.createRepository('shop', {
      'app/a.yaml': configMap('a', { v: '1' }),
      'app/b.yaml': configMap('b'),
    });
    await sync();
    await engine.git.commit('shop', { files: { 'app/a.yaml': configMap('a', { v: '2' }) }, remove: ['app/b.yaml'] });
    const ports = await portsAs('blind', [{ resources: ['configmaps'], verbs: ['create', 'patch', 'delete'] }]);
    const { head, results } = await sync({ prune: true }, ports);
    expect(head.sync.code).toBe('Unknown');
    expect(results).toMatchObject([
      { ref: { name: 'b' }, action: 'skipped', message: expect.stringContaining('not pruned: its state is unknown') },
      { ref: { name: 'a' }, action: 'failed', message: expect.stringContaining('its state is unknown') },
    ]);
    expect((await engine.live('ConfigMap', 'a'))?.data).toEqual({ v: '1' });
    expect(await engine.live('ConfigMap', 'b')).toBeDefined();
    expect(head.inventory).toHaveLength(2);
  });
});

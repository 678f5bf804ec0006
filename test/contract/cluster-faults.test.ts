import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import type { ApiCluster } from '../../shared/adapters/kubernetes/api-cluster.ts';
import { servedKind } from '../../shared/model/cluster.ts';
import {
  type FaultOptions,
  type FaultyApiServer,
  faultKinds,
  startFaultyApiServer,
} from '../support/faults/faulty-api-server.ts';
import {
  addressOf,
  type ClusterBed,
  conditionsFor,
  configMap,
  type OpenOptions,
  openClusterBed,
} from './cluster-bed.ts';

describe('Cluster, before an API server in trouble', () => {
  let bed: ClusterBed;
  const running: FaultyApiServer[] = [];
  const start = async (
    faults: Omit<FaultOptions, 'kubeconfig'>,
    options: Omit<OpenOptions, 'kubeconfig'> = {},
  ): Promise<{ readonly faulty: FaultyApiServer; readonly cluster: ApiCluster }> => {
    const faulty = await startFaultyApiServer({ kubeconfig: bed.kubeconfig, ...faults });
    running.push(faulty);
    return { faulty, cluster: await bed.open({ kubeconfig: faulty.kubeconfig, random: () => 0.1, ...options }) };
  };
  beforeAll(async () => {
    bed = await openClusterBed();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((faulty) => faulty.close()));
  });
  afterAll(() => bed.close());

  it('does everything although every fifth request fails in one of seven ways', async () => {
    const { faulty, cluster } = await start({ share: 0.2, seed: 7 }, { timeouts: { read: 2_000, write: 2_000 } });
    const manifests = Array.from({ length: 150 }, (_, index) =>
      configMap(bed.namespace, `tossed-${index}`, { labels: { tossed: 'yes' } }),
    );
    const made = await Promise.all(manifests.map((manifest) => cluster.apply(manifest)));
    expect(await Promise.all(manifests.map((manifest) => cluster.read(addressOf(manifest))))).toEqual(made);
    const kind = servedKind(await cluster.facts(), { group: '', kind: 'ConfigMap' });
    if (kind === undefined) throw new Error('ConfigMap is not served');
    const query = { kind, namespace: bed.namespace, labelSelector: 'tossed=yes' };
    expect(await cluster.listMetadata(query)).toHaveLength(150);
    await Promise.all(made.map((live) => cluster.delete(addressOf(live), conditionsFor(live))));
    expect(await bed.cluster.listMetadata(query)).toEqual([]);
    expect([...faulty.faults.keys()].sort()).toEqual([...faultKinds].sort());
  });

  it('waits as long as Retry-After asks', async () => {
    const { cluster } = await start({ rules: [{ method: 'PATCH', path: /./, fault: '429', times: 1 }] });
    await cluster.facts();
    const started = performance.now();
    await cluster.apply(configMap(bed.namespace, 'patient'));
    expect(performance.now() - started).toBeGreaterThanOrEqual(1_000);
  });

  it.each([
    { fault: { code: 500, reason: 'InternalError', message: 'boom' }, code: 'cluster-unreachable', sent: 8 },
    { fault: { code: 504, reason: 'Timeout', message: 'slow' }, code: 'timeout', sent: 8 },
    { fault: { code: 429, reason: 'TooManyRequests', message: 'no' }, code: 'cluster-unreachable', sent: 8 },
    { fault: 'reset', code: 'cluster-unreachable', sent: 8 },
    { fault: { code: 409, reason: 'Conflict', message: 'modified' }, code: 'cluster-conflict', sent: 5 },
    { fault: { code: 403, reason: 'Forbidden', message: 'exceeded quota' }, code: 'cluster-refused', sent: 1 },
    { fault: { code: 422, reason: 'Invalid', message: 'wrong' }, code: 'cluster-refused', sent: 1 },
  ] as const)('gives up with $code after $sent requests where $fault does not pass', async ({ fault, code, sent }) => {
    const rules = [{ method: 'PATCH', path: /./, fault }];
    const { faulty, cluster } = await start({ rules }, { random: () => 0 });
    await cluster.facts();
    const before = faulty.requests;
    const retryable = code !== 'cluster-refused';
    await expect(cluster.apply(configMap(bed.namespace, 'doomed'))).rejects.toMatchObject({ code, retryable });
    expect(faulty.requests - before).toBe(sent);
  });

  it('calls it a time-out when no answer comes, after three requests', async () => {
    const { faulty, cluster } = await start(
      { rules: [{ method: 'PATCH', path: /./, fault: 'silence' }], silenceMs: 60_000 },
      { timeouts: { write: 200 }, random: () => 0 },
    );
    await cluster.facts();
    const before = faulty.requests;
    await expect(cluster.apply(configMap(bed.namespace, 'silent'))).rejects.toMatchObject({
      code: 'timeout',
      retryable: true,
      message: expect.stringContaining('no answer within 0.2 s'),
    });
    expect(faulty.requests - before).toBe(3);
  });

  it('applies once more, not twice, when the first answer is lost', async () => {
    const rules = [{ method: 'PATCH', path: /./, fault: 'lost-answer', times: 1 } as const];
    const { cluster } = await start({ rules });
    const live = await cluster.apply(configMap(bed.namespace, 'lost'));
    expect(live).toEqual(await bed.cluster.read(addressOf(live)));
  });

  it('counts a delete as done whose first answer was lost', async () => {
    const live = await bed.cluster.apply(configMap(bed.namespace, 'lost-delete'));
    const { cluster } = await start({ rules: [{ method: 'DELETE', path: /./, fault: 'lost-answer', times: 1 }] });
    expect(await cluster.delete(addressOf(live), conditionsFor(live))).toBe('absent');
    expect(await bed.cluster.read(addressOf(live))).toBeUndefined();
  });

  it('starts a list anew when its next page has expired', async () => {
    const labels = { expiring: 'yes' };
    const names = Array.from({ length: 501 }, (_, index) => `expiring-${index}`);
    await Promise.all(names.map((name) => bed.cluster.apply(configMap(bed.namespace, name, { labels }))));
    const expired = { code: 410, reason: 'Expired', message: 'the continue parameter is too old' };
    const { faulty, cluster } = await start({ rules: [{ path: /continue=/, fault: expired, times: 1 }] });
    const kind = servedKind(await cluster.facts(), { group: '', kind: 'ConfigMap' });
    if (kind === undefined) throw new Error('ConfigMap is not served');
    const listed = await cluster.list({ kind, namespace: bed.namespace, labelSelector: 'expiring=yes' });
    expect(listed.map(({ metadata }) => metadata.name).sort()).toEqual(names.sort());
    expect(faulty.faults.get('rule')).toBe(1);
  });

  it('never takes an unreadable object for an absent one', async () => {
    const live = await bed.cluster.apply(configMap(bed.namespace, 'unreadable'));
    const faults = [
      { code: 403, reason: 'Forbidden', message: 'no' },
      { code: 404, message: '404 page not found' },
      { code: 503, reason: 'ServiceUnavailable', message: 'down' },
    ];
    for (const fault of faults) {
      const { cluster } = await start({ rules: [{ path: /configmaps/, fault }] }, { random: () => 0 });
      await expect(cluster.read(addressOf(live))).rejects.toMatchObject({ name: 'ClusterError', status: fault.code });
    }
  });

  it('asks for the facts again after a failure, and only once for many callers', async () => {
    const rules = [{ path: /^\/version/, fault: { code: 403, reason: 'Forbidden', message: 'not now' }, times: 1 }];
    const asked: string[] = [];
    const { faulty, cluster } = await start({ rules }, { observe: ({ resource }) => asked.push(resource) });
    await expect(cluster.facts()).rejects.toMatchObject({ code: 'cluster-forbidden' });
    const facts = await Promise.all([cluster.facts(), cluster.facts(), cluster.facts()]);
    expect(asked.filter((resource) => resource === '/version')).toHaveLength(2);
    expect(facts[0]).toMatchObject({ name: 'faulty', server: faulty.url, version: expect.stringMatching(/^v1\./) });
  });

  it('says that something else answers when it is no API server', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'other', server: `http://127.0.0.1:${port}`, skipTLSVerify: false },
      { name: 'me' },
    );
    const cluster = await bed.open({ kubeconfig: config });
    await expect(cluster.facts()).rejects.toMatchObject({
      code: 'cluster-unreachable',
      message: expect.stringContaining('did not answer with a JSON object'),
    });
    server.close();
  });
});

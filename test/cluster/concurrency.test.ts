import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { localWorker } from '../../shared/adapters/local/worker.ts';
import type { Cluster } from '../../shared/cluster-ports.ts';
import type { Head } from '../../shared/model/head.ts';
import type { Clock, ObjectStore, Ports } from '../../shared/ports.ts';
import { loadHead } from '../../shared/state/heads.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { compileCache } from '../support/compile-cache.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { failureOf } from '../support/failure-of.ts';
import { configMap, gatedFiles } from '../support/manifests.ts';

let engine: Engine;
const children: ChildProcess[] = [];
beforeEach(async () => {
  engine = await openEngine();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await engine.close();
});

type More = Partial<Parameters<typeof syncApplication>[0]>;
const sync = (ports: Ports, more: More = {}): ReturnType<typeof syncApplication> =>
  syncApplication(
    { application: engine.application('shop'), project: engine.project, reason: 'manual', ...more },
    ports,
  );
const otherWorker = (): Ports => ({ ...engine.ports, worker: localWorker() });
const head = async (): Promise<Head | undefined> => (await loadHead(engine.ports.store, 'shop'))?.head;

const atTheGate = (): Promise<unknown> =>
  eventually(
    'the sync waits for the gate',
    async () => (await head())?.operation?.cursor === 1 && (await engine.live('Service', 'gate')),
  );

async function openGate(): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(engine.kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const at = { name: 'gate', namespace: engine.namespace };
  const service = await core.readNamespacedService(at);
  const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
  await core.replaceNamespacedServiceStatus({ ...at, body: { ...service, status } });
}

const complete = {
  sync: { code: 'Synced' },
  operation: { phase: 'Succeeded' },
  inventory: [{ ref: { name: 'first' } }, { ref: { name: 'last' } }, { ref: { name: 'gate' } }],
};

describe('While one process syncs an application', () => {
  it('another is refused, is told who holds it and what to do, and changes nothing', async () => {
    await engine.git.createRepository('shop', gatedFiles);
    const first = sync(engine.ports);
    await atTheGate();
    const refused = await failureOf(sync(otherWorker()));
    expect(refused).toMatchObject({ code: 'sync-locked', retryable: true, object: 'shop' });
    expect(refused.message).toContain(`shop: another sync is running (${engine.ports.worker.id}, since `);
    expect(refused.hint).toMatch(/wait for it to end/);
    await openGate();
    expect((await first).head).toMatchObject(complete);
    expect((await sync(otherWorker())).results.every(({ action }) => action === 'unchanged')).toBe(true);
  });

  it('keeps it for as long as it waits, longer than one lease', async () => {
    await engine.git.createRepository('shop', gatedFiles);
    const clock = hastyClock(100);
    const first = sync({ ...engine.ports, clock });
    await atTheGate();
    const lease = (await head())?.operation?.lease?.until ?? '';
    await eventually('the first lease is over', () => clock.now().toISOString() > lease);
    expect(await failureOf(sync({ ...otherWorker(), clock }))).toMatchObject({ code: 'sync-locked' });
    await openGate();
    expect((await first).head).toMatchObject(complete);
  });
});

describe('Of processes that start to sync one application at the same instant', () => {
  it('one works; the others write neither head nor cluster, and say so', async () => {
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a'), 'app/b.yaml': configMap('b') });
    const contenders = Array.from({ length: 4 }, () => watched(otherWorker()));
    const start = gate(4);
    const outcomes = await Promise.allSettled(
      contenders.map(({ ports }) => sync({ ...ports, store: start(ports.store) })),
    );
    const losers = outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [{ outcome, index }] : []));
    expect(losers).toHaveLength(3);
    for (const { outcome, index } of losers) {
      expect(outcome.reason).toMatchObject({
        code: 'sync-locked',
        message: expect.stringMatching(/another (process has moved its state|sync is running)/),
        hint: expect.stringMatching(/plumb status shop|wait for it to end/),
      });
      expect(contenders[index]?.writes).toEqual([]);
    }
    expect(await head()).toMatchObject({ sync: { code: 'Synced' }, operation: { phase: 'Succeeded', attempt: 1 } });
  });
});

describe('A sync that is interrupted by its signal', () => {
  it('ends at once, holds nothing, and is taken up by the next one where it was left', async () => {
    await engine.git.createRepository('shop', gatedFiles);
    const abort = new AbortController();
    const first = sync(engine.ports, { signal: abort.signal });
    await atTheGate();
    abort.abort();
    const left = (await first).head.operation;
    expect(left).toMatchObject({ phase: 'Running', cursor: 1, message: expect.stringContaining('interrupted') });
    expect(left?.lease).toBeUndefined();
    await openGate();
    const { head: after } = await sync(otherWorker());
    expect(after).toMatchObject({ ...complete, operation: { phase: 'Succeeded', id: left?.id } });
  });
});

describe('Two plumb processes', () => {
  it('do not sync one application at once; what a killed one left is taken over at once', async () => {
    await engine.git.createRepository('shop', gatedFiles);
    const file = join(engine.ports.scratch, 'shop.yaml');
    await writeFile(file, applicationFile());
    const first = plumb('sync', 'shop', '-f', file);
    await atTheGate();
    const second = plumb('sync', 'shop', '-f', file);
    const [said, [code]] = await Promise.all([text(second.stderr as NodeJS.ReadableStream), once(second, 'exit')]);
    expect(code).not.toBe(0);
    expect(said).toMatch(/shop: another sync is running \(\S+, since /);
    expect(said).toContain('wait for it to end');
    const died = once(first, 'exit');
    first.kill('SIGKILL');
    expect(await died).toEqual([null, 'SIGKILL']);
    const left = (await head())?.operation;
    expect(left).toMatchObject({ phase: 'Running', cursor: 1, lease: { until: expect.any(String) } });
    await openGate();
    const { head: after } = await sync(engine.ports);
    expect(after).toMatchObject({ ...complete, operation: { phase: 'Succeeded', id: left?.id } });
  });
});

function plumb(...args: readonly string[]): ChildProcess {
  const { scratch } = engine.ports;
  const kept = Object.entries(process.env).filter(([name]) => !/^PLUMB_|_proxy$|^NODE_OPTIONS$/i.test(name));
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../cli/plumb.mjs'), ...args], {
    env: {
      ...Object.fromEntries(kept),
      NO_COLOR: '1',
      PLUMB_KUBECONFIG: engine.kubeconfig,
      PLUMB_STORE: join(scratch, 'store'),
      PLUMB_CACHE: join(scratch, 'cache'),
      ...compileCache,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  return child;
}

function applicationFile(): string {
  const source = { repoURL: engine.git.url('shop'), path: 'app', targetRevision: 'main' };
  const destination = { server: 'https://kubernetes.default.svc', namespace: engine.namespace };
  const spec = { project: 'default', destination, source };
  return JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'shop' }, spec });
}

/** A clock on which so many times as much time passes. */
function hastyClock(factor: number): Clock {
  const start = Date.now();
  return {
    now: () => new Date(start + (Date.now() - start) * factor),
    sleep: (milliseconds, signal) => engine.ports.clock.sleep(milliseconds / factor, signal),
  };
}

/** Ports that note what is written to the cluster. */
function watched(ports: Ports): { readonly ports: Ports; readonly writes: readonly string[] } {
  const writes: string[] = [];
  const open = async (...where: Parameters<Ports['clusters']['open']>): Promise<Cluster> => {
    const cluster = await ports.clusters.open(...where);
    const apply: Cluster['apply'] = (manifest) => {
      writes.push(manifest.metadata.name);
      return cluster.apply(manifest);
    };
    return new Proxy(cluster, {
      get: (target, name) => {
        if (name === 'apply') return apply;
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  };
  return { ports: { ...ports, clusters: { open } }, writes };
}

/** Stores whose first write of a head waits until so many writers have come to it: all have read the same state then. */
function gate(writers: number): (store: ObjectStore) => ObjectStore {
  let open: () => void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let waiting = 0;
  return (store) => ({
    get: (key) => store.get(key),
    list: (prefix) => store.list(prefix),
    entries: (prefix) => store.entries(prefix),
    delete: (key) => store.delete(key),
    put: async (key, body, condition) => {
      if (key.startsWith('heads/')) {
        waiting += 1;
        if (waiting === writers) open();
        await opened;
      }
      return store.put(key, body, condition);
    },
  });
}

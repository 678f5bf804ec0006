import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { S3Store } from '../../shared/adapters/aws/s3-store.ts';
import { workerAmongMachines } from '../../shared/adapters/local/worker.ts';
import type { Cluster } from '../../shared/cluster-ports.ts';
import type { Ports } from '../../shared/ports.ts';
import { loadHead } from '../../shared/state/heads.ts';
import { listSnapshots } from '../../shared/state/snapshots.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { makeBucket } from '../support/aws/make-bucket.ts';
import { type Emulator, startEmulator } from '../support/aws/start-emulator.ts';
import { compileCache } from '../support/compile-cache.ts';
import { sharedControlPlane } from '../support/control-plane/shared-control-plane.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { failureOf } from '../support/failure-of.ts';
import { configMap } from '../support/manifests.ts';
import { namedContexts, writeKubeconfig } from '../support/restore-bed.ts';

const main = join(import.meta.dirname, '../../cli/main.ts');

let emulator: Emulator;
let engine: Engine;
let bucket: string;
beforeAll(async () => {
  emulator = await startEmulator();
  process.env['AWS_ENDPOINT_URL'] = emulator.endpoint;
});
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  await emulator.stop();
});
beforeEach(async () => {
  [engine, bucket] = await Promise.all([openEngine(), makeBucket(emulator)]);
});
afterEach(() => engine.close());

type Ran = { readonly exitCode: number | null; readonly out: string; readonly err: string };

/** A machine with nothing of its own but a cache, a kubeconfig and the rights to a bucket. */
type Machine = { plumb(...words: readonly string[]): Promise<Ran> };

async function aMachine(folder: string): Promise<Machine> {
  const kubeconfig = await writeKubeconfig(folder, namedContexts({ home: sharedControlPlane().kubeconfig }));
  const { PATH, HOME, XDG_CACHE_HOME } = process.env;
  const env = {
    PATH,
    HOME,
    ...(XDG_CACHE_HOME === undefined ? {} : { XDG_CACHE_HOME }),
    XDG_CONFIG_HOME: folder,
    PLUMB_CACHE: join(folder, 'cache'),
    PLUMB_STORE: `s3://${bucket}/team/prod`,
    KUBECONFIG: kubeconfig,
    ...emulator.environment,
    ...compileCache,
  };
  return {
    plumb: async (...words) => {
      const child = spawn(process.execPath, [main, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
      return { exitCode: exitCode as number | null, out, err };
    },
  };
}

describe('Two machines with their state in one bucket', () => {
  let folders: readonly string[];
  beforeEach(async () => {
    folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'plumb-machine-'))));
  });
  afterEach(async () => {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
  });

  const value = async (): Promise<string | undefined> => (await engine.live('ConfigMap', 'a'))?.data?.['v'];

  it('go on with each other’s work: one syncs, the other shows, rolls back and restores', async () => {
    const [one, other] = await Promise.all(folders.map(aMachine));
    if (one === undefined || other === undefined) throw new Error('no machines');
    const file = join(folders[0] ?? '', 'apps.yaml');
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a', { v: 'good' }) });
    await writeFile(file, JSON.stringify(declared()));

    expect(await one.plumb('sync', 'shop', '-f', file, '-q')).toMatchObject({ exitCode: 0 });
    await engine.git.commit('shop', { files: { 'app/a.yaml': configMap('a', { v: 'bad' }) } });
    expect(await one.plumb('sync', 'shop', '-f', file, '-q')).toMatchObject({ exitCode: 0 });
    expect(await value()).toBe('bad');

    const history = await other.plumb('history', 'shop', '-o', 'json');
    expect(history).toMatchObject({ exitCode: 0, err: '' });
    expect(JSON.parse(history.out).snapshots).toHaveLength(2);
    expect(await other.plumb('rollback', 'shop', '-f', file, '-q')).toMatchObject({ exitCode: 0 });
    expect(await value()).toBe('good');
    expect((await one.plumb('status', 'shop', '-f', file)).out).toMatch(/pinned|rolled back/i);

    await deleteConfigMaps();
    expect(await other.plumb('restore', 'cluster', 'home', '-q')).toMatchObject({ exitCode: 0 });
    expect(await value()).toBe('good');
    expect((await one.plumb('doctor')).out).toContain(`✓ state: s3://${bucket}/team/prod can be written`);
  }, 120_000);

  function declared(): object {
    return {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'shop' },
      spec: {
        destination: { server: 'https://kubernetes.default.svc', namespace: engine.namespace },
        source: { repoURL: engine.git.url('shop'), path: 'app', targetRevision: 'main' },
      },
    };
  }

  async function deleteConfigMaps(): Promise<void> {
    const config = new KubeConfig();
    config.loadFromFile(engine.kubeconfig);
    await config.makeApiClient(CoreV1Api).deleteCollectionNamespacedConfigMap({ namespace: engine.namespace });
  }
});

describe('Two engines on one bucket', () => {
  /** A further machine: its store has its own connections, its worker another host. */
  function machine(host: string): Ports {
    const { region, credentials } = emulator;
    const { id, hasEnded } = workerAmongMachines();
    const store = new S3Store({ bucket, region, credentials: async () => credentials });
    return { ...engine.ports, store, worker: { id: `${host}-${id}`, hasEnded } };
  }

  const sync = (ports: Ports): ReturnType<typeof syncApplication> =>
    syncApplication({ application: engine.application('shop'), project: engine.project, reason: 'manual' }, ports);

  it('that sync the same application at once leave one snapshot, and who comes second is told', async () => {
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a') });
    const machines = ['one', 'two', 'three'].map(machine);
    const outcomes = await Promise.allSettled(machines.map(sync));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refused.length).toBeLessThan(machines.length);
    for (const reason of refused) expect(reason).toMatchObject({ code: 'sync-locked' });
    expect((await listSnapshots(machine('four').store, 'shop')).snapshots).toHaveLength(1);
  });

  it('take over from a machine that went away only when its lease is over', async () => {
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a') });
    expect(await failureOf(sync(goesAwayAtFirstApply(machine('gone'))))).toMatchObject({ message: 'power cut' });
    const next = machine('next');
    expect(await failureOf(sync(next))).toMatchObject({
      code: 'sync-locked',
      message: expect.stringMatching(/sync is running \(gone-/),
    });
    const later = { now: () => new Date(Date.now() + 61_000), sleep: next.clock.sleep };
    const { head } = await sync({ ...next, clock: later });
    expect(head).toMatchObject({ sync: { code: 'Synced' }, operation: { phase: 'Succeeded' } });
    expect((await loadHead(machine('third').store, 'shop'))?.head).toEqual(head);
  });

  /** From the first object that it applies on, nothing of it reaches cluster or store any more. */
  function goesAwayAtFirstApply(ports: Ports): Ports {
    let isAway = false;
    const { store, clusters } = ports;
    const put: Ports['store']['put'] = (...given) => (isAway ? away() : store.put(...given));
    const apply = (): Promise<never> => {
      isAway = true;
      return away();
    };
    return {
      ...ports,
      store: {
        get: (key) => store.get(key),
        list: (below) => store.list(below),
        entries: (below) => store.entries(below),
        delete: (key) => store.delete(key),
        put,
      },
      clusters: { open: async (destination) => withApply(await clusters.open(destination), apply) },
    };
  }
});

function away(): Promise<never> {
  return Promise.reject(new Error('power cut'));
}

function withApply(cluster: Cluster, apply: Cluster['apply']): Cluster {
  return new Proxy(cluster, {
    get: (target, name) => {
      if (name === 'apply') return apply;
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

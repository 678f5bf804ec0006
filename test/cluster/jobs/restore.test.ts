import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { loadRestore, loadRestoreRefusal, loadRestoreReport } from '../../../shared/state/restores.ts';
import type { JobEnd } from '../../../shared/workflows/jobs/job-end.ts';
import { restoreByJob, restoreId } from '../../../shared/workflows/jobs/restore-job.ts';
import { eventually } from '../../support/eventually.ts';
import { recordingStore } from '../../support/jobs/recording-store.ts';
import { openShopJobs, prompts, type ShopJobs } from '../../support/jobs/shop-jobs.ts';
import { configMap } from '../../support/manifests.ts';

let bed: ShopJobs;
let cluster = '';
let recorded = recordingStore({} as never);
/** Told of each write, by its key. */
let onWrite: (key: string) => void = () => undefined;

beforeEach(async () => {
  onWrite = () => undefined;
  bed = await openShopJobs(
    { ...prompts('1'), ...Object.fromEntries(['a', 'b', 'c'].map((name) => [`app/${name}.yaml`, configMap(name)])) },
    {
      store: (store) => {
        recorded = recordingStore(store);
        const { put } = recorded.store;
        return {
          ...recorded.store,
          put: (key, body, condition) => {
            onWrite(key);
            return put(key, body, condition);
          },
        };
      },
      declaring: { spec: { syncPolicy: { automated: { selfHeal: true }, syncOptions: ['CreateNamespace=true'] } } },
    },
  );
  await bed.settle();
  cluster = (await bed.head()).cluster;
});
afterEach(() => bed.close());

type Asked = {
  readonly origin?: string;
  readonly signal?: AbortSignal;
  readonly attempt?: number;
  readonly of?: string;
};

const restore = ({
  origin = 'ada',
  signal = new AbortController().signal,
  attempt = 1,
  of = cluster,
}: Asked = {}): Promise<JobEnd> =>
  restoreByJob({ job: { work: 'restore', cluster: of, apps: 'shop' }, origin }, { signal, attempt }, bed.syncPorts);

const report = (origin = 'ada') => loadRestoreReport(bed.engine.ports.store, cluster, restoreId(origin));

function coreOf({ kubeconfig }: ShopJobs['engine']): CoreV1Api {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return config.makeApiClient(CoreV1Api);
}

/** Somebody deletes all that the application has. */
async function empty(): Promise<void> {
  const { namespace } = bed.engine;
  await coreOf(bed.engine).deleteCollectionNamespacedConfigMap({ namespace });
}

/** Somebody deletes the namespace with all that is in it. */
async function wipe(): Promise<void> {
  const { namespace } = bed.engine;
  const core = coreOf(bed.engine);
  await core.deleteNamespace({ name: namespace });
  await eventually('the namespace is gone', async () => {
    const { items } = await core.listNamespace();
    return items.every(({ metadata }) => metadata?.name !== namespace);
  });
}

describe('A cluster that was wiped', () => {
  it('is restored by one message, reported, told of, and restored once though the message comes twice', async () => {
    await wipe();
    bed.events.length = 0;
    await bed.engine.git.stop();
    expect(await restore()).toEqual({ is: 'done' });
    expect(await bed.value('prompts')).toBe('1');
    expect((await report())?.applications).toMatchObject([
      { application: 'shop', outcome: 'restored', differences: [] },
    ]);
    expect(bed.told()).toContain('restored');
    const { operation } = await bed.head();
    recorded.forget();
    expect(await restore({ attempt: 2 })).toEqual({ is: 'done' });
    expect(recorded.of('put')).toEqual([]);
    expect((await bed.head()).operation).toEqual(operation);
  });

  it('is gone on with where the time was over, by the same message, however often it was left', async () => {
    await empty();
    const interrupted = new AbortController();
    // In the middle: the first object is on its way.
    onWrite = (key) => void (key.startsWith('heads/') && interrupted.abort());
    expect(await restore({ signal: interrupted.signal })).toMatchObject({ is: 'again', afterMs: 5_000 });
    onWrite = () => undefined;
    expect(await report()).toBeUndefined();
    const begun = (await loadRestore(bed.engine.ports.store, cluster))?.record;
    expect(begun).toMatchObject({ id: restoreId('ada') });
    expect(await restore({ attempt: 50 })).toEqual({ is: 'done' });
    expect((await report())?.startedAt).toBe(begun?.startedAt);
    expect(await bed.value('prompts')).toBe('1');
  });

  it('may be named by the address of its API server', async () => {
    await empty();
    const { server = '' } = await bed.head();
    expect(await restore({ of: server })).toEqual({ is: 'done' });
    expect(await report()).toBeDefined();
    recorded.forget();
    expect(await restore({ of: server, attempt: 2 })).toEqual({ is: 'done' });
    expect(recorded.of('put')).toEqual([]);
  });

  it('is left alone by whoever syncs until it is restored', async () => {
    await empty();
    let meanwhile: Promise<readonly JobEnd[]> | undefined;
    onWrite = (key) => {
      if (meanwhile !== undefined || !key.startsWith('heads/')) return;
      bed.send({ work: 'follow', application: 'shop', cause: 'drift' });
      meanwhile = bed.sync();
    };
    await restore();
    expect(await meanwhile).toEqual([{ is: 'again', afterMs: 15_000, waitsFor: 'a restore to end' }]);
    expect(await bed.sync()).toEqual([{ is: 'done' }]);
    expect((await bed.head()).operation?.reason).toBe('restore');
  });
});

describe('A restore that cannot be', () => {
  it('is refused, and whoever asked is told why', async () => {
    expect(await restore({ of: 'nowhere' })).toEqual({ is: 'done' });
    expect(await loadRestoreRefusal(bed.engine.ports.store, 'nowhere', restoreId('ada'))).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('nowhere'),
    });
  });
});

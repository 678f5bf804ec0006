import { join } from 'node:path';
import type { Manifest } from '../../../shared/model/manifest.ts';
import type { Bed } from '../bed.ts';
import { measureProcess } from '../measure-process.ts';
import { application, asFiles, type BenchObject, mixedObjects } from '../objects.ts';
import { atMost, figure, median, type Row } from '../report.ts';
import { type ServeChild, startServeChild, until } from '../serve-child.ts';

const name = 'pushed';
const count = 50;
const pushes = 50;
/** This one changes all objects, the others ten. */
const largePush = 25;
const changedObjects = 10;
const rollbacks = 5;
const secret = 'bench';
const hourMs = 3_600_000;
const annotation = 'example.com/content';
const main = join(import.meta.dirname, '../../../cli/main.ts');

/** An application of 50 objects: from a push to all applied, by webhook; and from the command to all rolled back. */
export async function pushToApplied(bed: Bed): Promise<readonly Row[]> {
  await bed.git.createRepository(name, filesOf('start', count));
  const server = startServe(bed);
  try {
    bed.git.addWebhook(name, { url: await server.url(), secret });
    // The first pushes after a start find cold caches.
    for (const content of ['warm', 'warmer', 'warm again']) await pushOnce(bed, server, { content, changed: count });
    const seconds: number[] = [];
    for (let push = 0; push < pushes; push += 1) {
      const changed = push === largePush ? count : changedObjects;
      seconds.push((await pushOnce(bed, server, { content: `push ${push}`, changed })) / 1000);
    }
    const answers = (await bed.git.deliveries()).slice(-pushes).map(({ ms }) => ms);
    const { peakMB } = await server.child.usage();
    const back = await rollBack(bed, server);
    return [
      figure(`a push to all ${count} objects applied, by webhook: p50 of ${pushes}`, median(seconds), 's'),
      figure('the one of them that changes all objects', seconds[largePush] ?? Number.NaN, 's'),
      atMost(`a push to all ${count} objects applied, by webhook: p95`, percentile95(seconds), { limit: 2, unit: 's' }),
      atMost('a webhook’s answer: p95', percentile95(answers), { limit: 50, unit: 'ms' }),
      atMost('peak memory of serve with webhooks', peakMB, { limit: 300, unit: 'MB' }),
      atMost(`rollback of ${count} objects, whole process: median of ${rollbacks}`, median(back), {
        limit: 5,
        unit: 's',
      }),
    ];
  } finally {
    server.child.stop();
  }
}

type Server = {
  readonly child: ServeChild;
  url(): Promise<string>;
  synced(sha: string): Promise<void>;
  healthy(sha: string): Promise<void>;
};

/** Polls so rarely that only webhooks cause work. */
function startServe(bed: Bed): Server {
  const source = { repoURL: bed.git.url(name), path: 'app', namespace: name };
  const health = new Map<string, string>();
  let url: string | undefined;
  const setup = {
    kubeconfig: bed.controlPlane.kubeconfig,
    folder: join(bed.folder, name),
    manifests: [application(name, source) as unknown as Manifest],
    pollMs: hourMs,
    driftMs: hourMs,
    webhookSecret: secret,
  };
  const child = startServeChild(setup, (event) => {
    if (event.type === 'listening') url = event.url;
    if (event.type === 'synced') health.set(event.sha, event.health);
  });
  return {
    child,
    url: async () => {
      await until(() => url !== undefined && health.size > 0, 'it listens, and the first sync is done');
      return url ?? '';
    },
    synced: (sha) => until(() => health.has(sha), `${sha} is synced`),
    healthy: (sha) => until(() => health.get(sha) === 'Healthy', `${sha} is healthy`),
  };
}

/** Gives the milliseconds from the webhook on. */
async function pushOnce(
  bed: Bed,
  server: Server,
  { content, changed }: { readonly content: string; readonly changed: number },
): Promise<number> {
  const sha = await bed.git.commit(name, { files: filesOf(content, changed) });
  const started = performance.now();
  await server.synced(sha);
  const took = performance.now() - started;
  await server.healthy(sha);
  return took;
}

/** A push that changes all, and the command that takes it back, again and again; seconds of the commands. */
async function rollBack(bed: Bed, server: Server): Promise<readonly number[]> {
  const seconds: number[] = [];
  await pushOnce(bed, server, { content: 'good', changed: count });
  for (let round = 0; round < rollbacks; round += 1) {
    await pushOnce(bed, server, { content: `bad ${round}`, changed: count });
    const { wallMs, exitCode, output } = await measureProcess({
      path: process.execPath,
      args: ['--no-warnings', main, 'rollback', name],
      env: {
        KUBECONFIG: bed.controlPlane.kubeconfig,
        PLUMB_STORE: join(bed.folder, name, 'store'),
        PLUMB_CACHE: join(bed.folder, 'cli-cache'),
      },
    });
    if (exitCode !== 0) throw new Error(`the rollback failed: ${output}`);
    const contents = await contentsOf(bed);
    if (contents.length !== count || contents.some((content) => content !== 'good'))
      throw new Error(`after the rollback there is: ${contents.join(', ')}`);
    seconds.push(wallMs / 1000);
    // The next bad push is rolled back to this.
    await pushOnce(bed, server, { content: 'good', changed: count });
  }
  return seconds;
}

async function contentsOf({ kubectl, controlPlane }: Bed): Promise<readonly string[]> {
  const kinds = 'configmaps,services,deployments,serviceaccounts';
  const { output } = await measureProcess({
    path: kubectl,
    args: ['get', kinds, '-n', name, '-l', 'app=bench', '-o', 'json'],
    env: { KUBECONFIG: controlPlane.kubeconfig },
  });
  const { items } = JSON.parse(output) as { readonly items: readonly BenchObject[] };
  return items.map(({ metadata }) => (metadata as Annotated).annotations[annotation] ?? '');
}

type Annotated = { readonly annotations: Readonly<Record<string, string>> };

/** The first objects with another content; the files of the others stay as they are. */
function filesOf(content: string, changed: number): Record<string, string> {
  const objects = mixedObjects(count).slice(0, changed);
  return asFiles(
    'app',
    objects.map((object) => ({
      ...object,
      metadata: { ...(object['metadata'] as object), annotations: { [annotation]: content } },
    })),
  );
}

function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../../../shared/model/manifest.ts';
import type { Bed } from '../bed.ts';
import { application, asFiles, smallApplication } from '../objects.ts';
import { atMost, figure, type Row } from '../report.ts';
import { startServeChild, type Usage, until } from '../serve-child.ts';

const count = 100;
const driftMs = 2_000;
const quietRounds = 5;
const names = Array.from({ length: count }, (_, index) => `app-${String(index).padStart(3, '0')}`);

/** 100 applications of 4 objects each, in one repository: from nothing, after a push that changes all, and at rest. */
export async function hundredApplications(bed: Bed): Promise<readonly Row[]> {
  const first = await bed.git.createRepository('hundred', filesOf('one'));
  const server = startServe(bed);
  try {
    const started = performance.now();
    await server.allSynced(first);
    const initial = performance.now() - started;
    await server.rest();
    const pushed = await bed.git.commit('hundred', { files: filesOf('two') });
    const seen = await server.seen(pushed);
    const followed = (await server.allSynced(pushed)) - seen;
    await server.rest();
    const before = await server.usage();
    await sleep(driftMs * quietRounds);
    const after = await server.usage();
    return [
      atMost('100 applications from nothing to all synced, process start included', initial / 1000, {
        limit: 4,
        unit: 's',
      }),
      atMost('a push that changes all, from seen to all synced', followed / 1000, { limit: 3, unit: 's' }),
      atMost('a drift round in which nothing changed', (after.cpuMs - before.cpuMs) / quietRounds / 1000, {
        limit: 0.5,
        unit: 's of CPU',
      }),
      figure('CPU of first sync and push together', before.cpuMs / 1000, 's'),
      atMost('peak memory of serve', after.peakMB, { limit: 300, unit: 'MB' }),
      ...requestRows('API requests of first sync and push', before.requests),
      ...requestRows(`API requests of ${quietRounds} drift rounds at rest`, minus(after.requests, before.requests)),
    ];
  } finally {
    server.stop();
  }
}

function filesOf(content: string): Record<string, string> {
  return Object.assign({}, ...names.map((name) => asFiles(name, smallApplication(name, content))));
}

function requestRows(what: string, requests: Readonly<Record<string, number>>): readonly Row[] {
  return Object.entries(requests).map(([verb, count]) => figure(`${what}: ${verb}`, count, 'requests'));
}

type Server = {
  seen(sha: string): Promise<number>;
  allSynced(sha: string): Promise<number>;
  /** Resolves when no request was sent for a while: rollouts and their health have come to rest. */
  rest(): Promise<void>;
  usage(): Promise<Usage>;
  stop(): void;
};

function startServe(bed: Bed): Server {
  const repoURL = bed.git.url('hundred');
  const manifests = names.map(
    (name) => application(name, { repoURL, path: name, namespace: 'hundred' }) as unknown as Manifest,
  );
  const setup = {
    kubeconfig: bed.controlPlane.kubeconfig,
    folder: join(bed.folder, 'hundred'),
    manifests,
    pollMs: 500,
    driftMs,
  };
  const seenAt = new Map<string, number>();
  const synced = new Map<string, Set<string>>();
  const child = startServeChild(setup, (event) => {
    if (event.type === 'seen') seenAt.set(event.sha, performance.now());
    if (event.type === 'synced') synced.set(event.sha, (synced.get(event.sha) ?? new Set()).add(event.application));
  });
  return {
    seen: async (sha) => {
      await until(() => seenAt.has(sha), `the push ${sha} is seen`);
      return seenAt.get(sha) ?? 0;
    },
    allSynced: async (sha) => {
      await until(
        () => synced.get(sha)?.size === count,
        () => `${synced.get(sha)?.size ?? 0} of ${count} applications are synced`,
      );
      return performance.now();
    },
    rest: async () => {
      for (let before = -1, now = 0; now !== before; ) {
        before = now;
        await sleep(driftMs * 1.5);
        now = Object.entries((await child.usage()).requests).reduce(
          (sum, [verb, n]) => sum + (verb === 'list' ? 0 : n),
          0,
        );
      }
    },
    usage: child.usage,
    stop: child.stop,
  };
}

function minus(
  after: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([verb, number]) => [verb, number - (before[verb] ?? 0)]));
}

import { join } from 'node:path';
import { bareLoop } from '../bare-loop.ts';
import { type Bed, writeFiles } from '../bed.ts';
import { type Measured, measureProcess } from '../measure-process.ts';
import { application, asFiles, mixedObjects } from '../objects.ts';
import { atMost, median, type Row } from '../report.ts';
import type { SyncMeasured } from '../sync-process.ts';

const rounds = 3;
const count = 1_000;
/** The fastest of these is the ceiling: how many requests at once the server likes best differs by machine. */
const loopWidths = [8, 16, 32];

type Ours = SyncMeasured & { readonly wallMs: number };

/** First sync, sync with nothing to do, and memory, side by side with kubectl on the same API server. */
export async function thousandObjects(bed: Bed): Promise<readonly Row[]> {
  const objects = mixedObjects(count);
  const files = await writeFiles(join(bed.folder, 'files'), asFiles('app', objects));
  await bed.git.createRepository('thousand', asFiles('app', objects));
  const first: Ours[] = [];
  const again: Ours[] = [];
  const applied: number[] = [];
  const compared: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const namespace = (kind: string): string => `first-${kind}-${round}`;
    for (const kind of ['ours', 'peer']) await kubectl(bed, ['create', 'namespace', namespace(kind)]);
    const state = join(bed.folder, `state-${round}`);
    first.push(await ours(bed, { repository: 'thousand', namespace: namespace('ours'), state }));
    applied.push((await kubectl(bed, ['apply', '--server-side', '-n', namespace('peer'), '-R', '-f', files])).wallMs);
    for (const width of loopWidths) {
      const loop = `bare-${round}-${width}`;
      await kubectl(bed, ['create', 'namespace', loop]);
      bare.push(await bareLoop(bed.controlPlane.kubeconfig, loop, { objects, atOnce: width }));
    }
    again.push(await ours(bed, { repository: 'thousand', namespace: namespace('ours'), state }));
    compared.push((await kubectl(bed, ['diff', '--server-side', '-n', namespace('peer'), '-R', '-f', files])).wallMs);
  }
  const seconds = (runs: readonly Ours[], pick: (run: Ours) => number): number => median(runs.map(pick)) / 1000;
  const ceiling = (count / Math.min(...bare)) * 1000;
  const rate = count / seconds(first, ({ applyMs }) => applyMs);
  const writes = Math.max(...again.map(({ requests }) => requests['apply'] ?? 0));
  return [
    versus('first sync of 1,000 objects, whole process', {
      ours: seconds(first, ({ wallMs }) => wallMs),
      peer: median(applied) / 1000,
      times: 4,
    }),
    {
      name: 'its writes against the API server’s own ceiling',
      ours: rate,
      peer: ceiling,
      unit: 'objects/s',
      ratio: rate / ceiling,
      goal: '≥ 0.8 of the ceiling',
      ok: rate / ceiling >= 0.8,
    },
    versus('sync with nothing to do, whole process', {
      ours: seconds(again, ({ wallMs }) => wallMs),
      peer: median(compared) / 1000,
      times: 5,
    }),
    atMost('writes of a sync with nothing to do', writes, { limit: 0, unit: 'requests' }),
    atMost('peak memory of a first sync of 1,000', Math.max(...first.map(({ peakMB }) => peakMB)), {
      limit: 300,
      unit: 'MB',
    }),
    await tenThousand(bed),
  ];
}

async function tenThousand(bed: Bed): Promise<Row> {
  await bed.git.createRepository('ten-thousand', asFiles('app', mixedObjects(10_000)));
  await kubectl(bed, ['create', 'namespace', 'ten-thousand']);
  const { peakMB } = await ours(bed, {
    repository: 'ten-thousand',
    namespace: 'ten-thousand',
    state: join(bed.folder, 'state-ten'),
  });
  return atMost('peak memory of a first sync of 10,000', peakMB, { limit: 600, unit: 'MB' });
}

function versus(name: string, { ours, peer, times }: { ours: number; peer: number; times: number }): Row {
  return {
    name,
    ours,
    peer,
    unit: 's',
    ratio: peer / ours,
    goal: `≥ ${times} times as fast as kubectl`,
    ok: peer / ours >= times,
  };
}

async function ours(
  bed: Bed,
  { repository, namespace, state }: { repository: string; namespace: string; state: string },
): Promise<Ours> {
  const manifest = application('bench', { repoURL: bed.git.url(repository), path: 'app', namespace });
  const request = JSON.stringify({ kubeconfig: bed.controlPlane.kubeconfig, folder: state, manifest });
  const { output, wallMs, exitCode } = await measureProcess({
    path: process.execPath,
    args: ['--no-warnings', join(import.meta.dirname, '..', 'sync-process.ts'), request],
  });
  if (exitCode !== 0) throw new Error(`the sync failed: ${output}`);
  const measured = JSON.parse(output) as SyncMeasured;
  if (!measured.phase.startsWith('Succeeded Synced')) throw new Error(`the sync ended ${measured.phase}`);
  return { ...measured, wallMs };
}

async function kubectl(bed: Bed, args: readonly string[]): Promise<Measured> {
  const measured = await measureProcess({
    path: bed.kubectl,
    args,
    env: { KUBECONFIG: bed.controlPlane.kubeconfig, KUBECTL_EXTERNAL_DIFF: 'diff -N -u' },
  });
  if (measured.exitCode > (args[0] === 'diff' ? 1 : 0))
    throw new Error(`kubectl ${args.join(' ')}: ${measured.output.slice(0, 2000)}`);
  return measured;
}

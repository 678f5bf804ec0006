import { join } from 'node:path';
import { bareLoop } from '../bare-loop.ts';
import { type Bed, writeFiles } from '../bed.ts';
import { type Measured, measureProcess } from '../measure-process.ts';
import { application, asFiles, mixedObjects } from '../objects.ts';
import { atMost, figure, median, type Row } from '../report.ts';
import { startSlowNetwork } from '../slow-network.ts';
import type { SyncMeasured } from '../sync-process.ts';

const rounds = 3;
const count = 1_000;
/** As between a laptop or a build machine and a cluster of the same continent. */
const roundTripMs = 10;
/** The fastest of these is the ceiling: how many requests at once the server likes best differs by machine. */
const loopWidths = [8, 16, 32];

type Ours = SyncMeasured & { readonly wallMs: number };

type Asked = {
  readonly repository: string;
  readonly namespace: string;
  readonly state: string;
  readonly kubeconfig: string;
};

/** What one round measured; times in seconds, rates in objects a second. */
type Round = {
  readonly first: Ours;
  readonly again: Ours;
  readonly apply: number;
  readonly diff: number;
  readonly ceiling: number;
  readonly firstFar: Ours;
  readonly applyFar: number;
};

/** First sync, sync with nothing to do, and memory, side by side with kubectl on the same API server. */
export async function thousandObjects(bed: Bed): Promise<readonly Row[]> {
  const objects = mixedObjects(count);
  const files = await writeFiles(join(bed.folder, 'files'), asFiles('app', objects));
  await bed.git.createRepository('thousand', asFiles('app', objects));
  const network = await startSlowNetwork(bed.controlPlane.kubeconfig, roundTripMs);
  try {
    const measured: Round[] = [];
    for (let round = 0; round < rounds; round += 1)
      measured.push(await measureRound(bed, { round, files, far: network.kubeconfig }));
    return [...rowsOf(measured), await tenThousand(bed)];
  } finally {
    network.close();
  }
}

type Given = { readonly round: number; readonly files: string; readonly far: string };

async function measureRound(bed: Bed, { round, files, far }: Given): Promise<Round> {
  const place = async (kind: string): Promise<string> => {
    await kubectl(bed, ['create', 'namespace', `${kind}-${round}`]);
    return `${kind}-${round}`;
  };
  const repository = 'thousand';
  const near = bed.controlPlane.kubeconfig;
  const mine = {
    repository,
    namespace: await place('ours'),
    state: join(bed.folder, `state-${round}`),
    kubeconfig: near,
  };
  const theirs = await place('peer');
  const [oursFar, theirsFar] = [await place('ours-far'), await place('peer-far')];
  const first = await ours(bed, mine);
  const apply = await kubectl(bed, ['apply', '--server-side', '-n', theirs, '-R', '-f', files]);
  const bare: number[] = [];
  for (const atOnce of loopWidths)
    bare.push(await bareLoop(near, await place(`bare-${atOnce}`), { objects: mixedObjects(count), atOnce }));
  const again = await ours(bed, mine);
  const diff = await kubectl(bed, ['diff', '--server-side', '-n', theirs, '-R', '-f', files]);
  const firstFar = await ours(bed, {
    repository,
    namespace: oursFar,
    state: join(bed.folder, `far-${round}`),
    kubeconfig: far,
  });
  const applyFar = await kubectl(bed, ['apply', '--server-side', '-n', theirsFar, '-R', '-f', files], far);
  return {
    first,
    again,
    apply: apply.wallMs / 1000,
    diff: diff.wallMs / 1000,
    ceiling: (count / Math.min(...bare)) * 1000,
    firstFar,
    applyFar: applyFar.wallMs / 1000,
  };
}

function rowsOf(measured: readonly Round[]): readonly Row[] {
  const of = (pick: (round: Round) => number): number => median(measured.map(pick));
  const first = of((round) => round.first.wallMs) / 1000;
  const apply = of((round) => round.apply);
  const ceiling = of((round) => round.ceiling);
  const rate = (count / of((round) => round.first.applyMs)) * 1000;
  // No client can be faster than the server takes the writes.
  const most = apply / (count / ceiling);
  const writes = Math.max(...measured.map(({ again }) => again.requests['apply'] ?? 0));
  return [
    {
      ...versus('first sync of 1,000 objects, whole process', {
        ours: first,
        peer: apply,
        times: Math.min(4, most / 2),
      }),
      goal: `≥ 4 times as fast as kubectl, or half of the ${most.toFixed(1)} times that the API server’s own ceiling allows`,
    },
    versus(`the same over a network with a round trip of ${roundTripMs} ms`, {
      ours: of((round) => round.firstFar.wallMs) / 1000,
      peer: of((round) => round.applyFar),
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
      ours: of((round) => round.again.wallMs) / 1000,
      peer: of((round) => round.diff),
      times: 5,
    }),
    figure('of the first sync, from the call to the saved outcome', of((round) => round.first.totalMs) / 1000, 's'),
    atMost('writes of a sync with nothing to do', writes, { limit: 0, unit: 'requests' }),
    atMost('peak memory of a first sync of 1,000', Math.max(...measured.map((round) => round.first.peakMB)), {
      limit: 300,
      unit: 'MB',
    }),
  ];
}

async function tenThousand(bed: Bed): Promise<Row> {
  await bed.git.createRepository('ten-thousand', asFiles('app', mixedObjects(10_000)));
  await kubectl(bed, ['create', 'namespace', 'ten-thousand']);
  const { peakMB } = await ours(bed, {
    repository: 'ten-thousand',
    namespace: 'ten-thousand',
    state: join(bed.folder, 'state-ten'),
    kubeconfig: bed.controlPlane.kubeconfig,
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

async function ours(bed: Bed, { repository, namespace, state, kubeconfig }: Asked): Promise<Ours> {
  const manifest = application('bench', { repoURL: bed.git.url(repository), path: 'app', namespace });
  const request = JSON.stringify({ kubeconfig, folder: state, manifest });
  const { output, wallMs, exitCode } = await measureProcess({
    path: process.execPath,
    args: ['--no-warnings', join(import.meta.dirname, '..', 'sync-process.ts'), request],
  });
  if (exitCode !== 0) throw new Error(`the sync failed: ${output}`);
  const measured = JSON.parse(output) as SyncMeasured;
  if (!measured.phase.startsWith('Succeeded Synced')) throw new Error(`the sync ended ${measured.phase}`);
  return { ...measured, wallMs };
}

async function kubectl(
  bed: Bed,
  args: readonly string[],
  kubeconfig: string = bed.controlPlane.kubeconfig,
): Promise<Measured> {
  const measured = await measureProcess({
    path: bed.kubectl,
    args,
    env: { KUBECONFIG: kubeconfig, KUBECTL_EXTERNAL_DIFF: 'diff -N -u' },
  });
  if (measured.exitCode > (args[0] === 'diff' ? 1 : 0))
    throw new Error(`kubectl ${args.join(' ')}: ${measured.output.slice(0, 2000)}`);
  return measured;
}

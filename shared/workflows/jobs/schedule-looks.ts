import { type Attempt, attempt } from '../../apply/attempt.ts';
import { adviceOf } from '../../errors.ts';
import type { RenderJob } from '../../model/job.ts';
import type { Declarations } from '../../model/registry.ts';
import type { Ports } from '../../ports.ts';
import type { Queue, Queued } from '../../queue-ports.ts';
import type { KeptState } from '../../state/kept-state.ts';
import { keys } from '../../state/keys.ts';
import { digestRefs, seenOf } from '../../state/refs.ts';
import { inParallel } from '../in-parallel.ts';
import type { ControlRepository } from '../serve/declare.ts';
import { followedApplications } from '../serve/followed-applications.ts';
import { loadDeclarations } from './declarations.ts';
import { controlRefs, seenOfControl } from './declare-job.ts';
import { followedRefs } from './refs-together.ts';
import { isFloating, isStale, isTroubled } from './unrendered.ts';

export type SchedulePorts = Pick<Ports, 'git' | 'store' | 'clock' | 'reporter'> & {
  readonly kept: KeptState;
  readonly renderQueue: Queue;
};

/** Repositories that are asked at once. */
const reposAtOnce = 16;
const tickMs = 60_000;
/** How often charts are looked at whose version is a range: only their repository knows what it means now. */
const floatingMs = 15 * tickMs;
/** How often what came to nothing is tried again though no ref has moved. */
const troubledMs = 5 * tickMs;

/** What a tick came to. */
export type Scheduled = { readonly probed: number; readonly failed: number; readonly queued: number };

/**
 * Asks each repository once for all that is followed in it, and has those looked at that have moved. Nothing is remembered: whoever
 * looks says so when all is passed on, so that what gets lost on the way is found again at the next tick.
 */
export async function scheduleLooks(
  control: ControlRepository,
  origin: string,
  ports: SchedulePorts,
): Promise<Scheduled> {
  const { store, kept } = ports;
  const declarations = await loadDeclarations(ports);
  const sources = declarations?.applications.flatMap(({ application }) => application.sources) ?? [];
  await Promise.all([kept.refs.load(store), kept.wanted.load(store)]);
  const probes: readonly Probe[] = [
    {
      repoURL: control.repoURL,
      prefixes: controlRefs(control).get(control.repoURL) ?? [],
      of: seenOfControl(control),
      job: { work: 'declare' },
    },
    ...[...followedRefs(sources)].map(([repoURL, prefixes]) => ({
      repoURL,
      prefixes,
      of: seenOf.applications(repoURL),
      job: { work: 'look', repoURLs: [repoURL] } as const,
    })),
  ];
  const probed = await inParallel(probes, reposAtOnce, (probe) => attempt(probeOne(probe, ports)));
  for (const each of probed)
    if (!each.ok) ports.reporter.report({ type: 'notice', level: 'error', message: adviceOf(each.error) });
  const looks = [...probed.flatMap(movedOf), ...redeclare(declarations, ports)];
  await ports.renderQueue.send(looks.map((look) => ({ ...look, message: { job: look.job, origin } })));
  return { probed: probes.length, failed: probed.filter(({ ok }) => !ok).length, queued: looks.length };
}

type Probe = {
  readonly repoURL: string;
  readonly prefixes: readonly string[];
  readonly of: string;
  readonly job: RenderJob;
};

type Look = Pick<Queued, 'group' | 'id'> & { readonly job: RenderJob };

async function probeOne(
  { repoURL, prefixes, of, job }: Probe,
  { git, kept }: SchedulePorts,
): Promise<Look | undefined> {
  const digest = digestRefs(prefixes.length === 0 ? [] : await git.listRefs(repoURL, prefixes));
  if (kept.refs.valueOf(keys.refs(of))?.digest === digest) return undefined;
  return { group: job.work === 'declare' ? 'declare' : repoURL, id: `${of} ${digest}`, job };
}

function movedOf(probed: Attempt<Look | undefined>): readonly Look[] {
  return probed.ok && probed.value !== undefined ? [probed.value] : [];
}

/** Applications that nobody has rendered as they are declared, and those that may come to something else with no ref moving. */
function redeclare(
  declarations: Declarations | undefined,
  { kept: { wanted }, clock }: SchedulePorts,
): readonly Look[] {
  if (declarations === undefined) return [];
  const now = clock.now().getTime();
  const followed = [...followedApplications(declarations).values()];
  const reasons = [
    { why: 'unrendered', everyMs: tickMs, isThere: () => followed.some((each) => isStale(each, wanted)) },
    { why: 'troubled', everyMs: troubledMs, isThere: () => followed.some((each) => isTroubled(each, wanted)) },
    {
      why: 'charts',
      everyMs: floatingMs,
      isThere: () => followed.some((each) => isFloating(each.declared.application)),
    },
  ];
  return reasons
    .filter(({ everyMs, isThere }) => isTurn(now, everyMs) && isThere())
    .map(({ why, everyMs }) => ({
      group: 'declare',
      id: `${why} ${Math.floor(now / everyMs)}`,
      job: { work: 'declare' },
    }));
}

/** True in the first tick of each period: a queue does not take a repeat for one for longer than five minutes. */
function isTurn(now: number, everyMs: number): boolean {
  return now % everyMs < tickMs;
}

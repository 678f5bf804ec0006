import { adviceOf } from '../../errors.ts';
import type { Head } from '../../model/head.ts';
import type { RetentionPolicy } from '../../plan/retention.ts';
import type { Ports } from '../../ports.ts';
import { loadHead } from '../../state/heads.ts';
import { rollbackIfAsked } from '../rollback/auto-rollback.ts';
import { reportOutcome } from '../sync/report-outcome.ts';
import type { FollowedRef } from './concerned-applications.ts';
import type { Fleet } from './fleet.ts';
import { type Followed, fingerprintOf, followCluster, followGit, parentOf, type Signals } from './follow.ts';
import { probeOnce } from './probe-once.ts';
import type { PushInbox } from './push-inbox.ts';
import type { SecretsRead } from './refresh-secrets.ts';
import { type RoundPorts, refsInOrder, standingOf } from './refs-in-order.ts';

export type ServeOptions = {
  /** Milliseconds between two looks at Git. */
  readonly pollMs: number;
  /** Milliseconds between two looks at the clusters. */
  readonly driftMs: number;
  /** Applications that are worked on at once. */
  readonly concurrency: number;
  /** Ends everything between two calls. */
  readonly signal: AbortSignal;
  /** From 0 to 1, anew at each call; spreads the looks. */
  readonly jitter: () => number;
  /** Where pushes arrive; absent: Git is only polled. */
  readonly pushes?: PushInbox;
  /** Which snapshots are kept; default: `standardRetention`. */
  readonly retention?: RetentionPolicy;
  /** Where applications are declared, if that is in Git. */
  readonly control?: FollowedRef;
};

/** What a job is about, for as long as it runs. */
type InFlight = { fingerprint: string | undefined; readonly superseded: AbortController };

type Settled = { readonly fingerprint: string; readonly standing: string };

/** All that `serve` remembers between its looks. */
export type Serving = {
  readonly fleet: Fleet;
  readonly options: ServeOptions;
  readonly ports: Ports;
  /** What is declared, from the last reading that succeeded. */
  followed: ReadonlyMap<string, Followed>;
  /** What Git said when an application was last brought up to it, and how the application stood then. */
  readonly settled: Map<string, Settled>;
  /** Applications whose health is still moving. */
  readonly restless: Set<string>;
  readonly secretsRead: SecretsRead;
  readonly inFlight: Map<string, InFlight>;
  /** Applications that somebody restores now. */
  readonly restoring: () => Promise<ReadonlySet<string>>;
  /** What was said of declarations that cannot be used. */
  rejected: ReadonlySet<string>;
};

type Work = (followed: Followed, signals: Signals) => Promise<Head | undefined>;

/** Starts a job of an application; false when it is busy, and then the job does not run. */
export function start(serving: Serving, name: string, work: Work): boolean {
  return serving.fleet.start(name, () => run(serving, name, work));
}

/** Looks at Git for one application when it is free; false when it is busy. */
export function startLook(serving: Serving, name: string, ports: RoundPorts): boolean {
  return start(serving, name, lookWith(serving, ports));
}

/** Looks at Git as soon as the present job is done, and reads there only then: what others read before may be old by that time. */
export function queueLook(serving: Serving, name: string): void {
  serving.fleet.demand(name, () => {
    const ports = { ...serving.ports, git: probeOnce(serving.ports.git) };
    return run(serving, name, lookWith(serving, ports));
  });
}

/** Repairs what moved in the cluster of one application when it is free. */
export function startRepair(serving: Serving, name: string): void {
  start(serving, name, (followed, signals) => {
    // It is compared with what is deployed. Where nothing is automated Git may be ahead of that, as only the next look can tell again.
    if (followed.declared.application.syncPolicy.automated === undefined) serving.settled.delete(name);
    return followCluster(followed, serving.ports, signals);
  });
}

function lookWith(serving: Serving, ports: RoundPorts): Work {
  return (followed, signals) => lookAtGit(serving, followed, { ports, signals });
}

/** Never fails: an error is reported, and the application is looked at as if nothing of it were known. */
async function run(serving: Serving, name: string, work: Work): Promise<void> {
  const { options, ports } = serving;
  const followed = serving.followed.get(name);
  if (options.signal.aborted || followed === undefined) return;
  try {
    // Whoever restores it has the word until it is done.
    if (!(await serving.restoring()).has(name)) await runJob(serving, followed, work);
  } catch (error) {
    // What was to follow on a sync, such as an automatic rollback, may not have come to pass.
    serving.settled.delete(name);
    ports.reporter.report({ type: 'notice', level: 'error', application: name, message: adviceOf(error) });
  } finally {
    serving.inFlight.delete(name);
  }
}

async function runJob(serving: Serving, followed: Followed, work: Work): Promise<void> {
  const { name } = followed.declared.application;
  const superseded = new AbortController();
  serving.inFlight.set(name, { fingerprint: serving.settled.get(name)?.fingerprint, superseded });
  // It was waiting for its turn when something newer came.
  if (serving.fleet.isDemanded(name)) cutShort(serving, name);
  const head = await work(followed, { signal: serving.options.signal, superseded: superseded.signal });
  if (head !== undefined) await concludeJob(serving, followed, head);
}

/** What a sync came to may be a reason to go back; and health that still moves is looked at again soon. */
async function concludeJob(
  { options, ports, restless }: Serving,
  { declared, project }: Followed,
  head: Head,
): Promise<void> {
  const { application } = declared;
  const request = { application, project, signal: options.signal, ...parentOf(declared) };
  const rolledBack = await rollbackIfAsked(request, head, ports);
  if (rolledBack !== undefined) reportOutcome(rolledBack, ports.reporter);
  const { health } = rolledBack?.head ?? head;
  if (health.code === 'Progressing') restless.add(application.name);
  else restless.delete(application.name);
}

/** An application that Git has nothing new for, and that nobody has moved, costs no more than its share of one probe. */
export async function lookAtGit(
  serving: Serving,
  followed: Followed,
  { ports, signals }: { readonly ports: RoundPorts; readonly signals: Signals },
): Promise<Head | undefined> {
  const { name } = followed.declared.application;
  const since = standingOf((await loadHead(ports.store, name))?.head);
  const asked = ports.git.asked();
  const fingerprint = await fingerprintOf(followed, ports);
  const settled = serving.settled.get(name);
  if (settled !== undefined && settled.fingerprint === fingerprint && settled.standing === since) return undefined;
  const inFlight = serving.inFlight.get(name);
  if (inFlight !== undefined) inFlight.fingerprint = fingerprint;
  // Until this has ended well, what Git said before is nothing that the application is brought up to.
  serving.settled.delete(name);
  const stood = { earlier: settled?.standing ?? ports.stood?.get(name), since, asked };
  const git = refsInOrder(name, stood, { round: ports, fresh: serving.ports.git });
  const head = await followGit(followed, { ...ports, git }, signals);
  const isSettled = head?.operation === undefined || head.operation.phase === 'Succeeded';
  if (fingerprint !== undefined && isSettled) serving.settled.set(name, { fingerprint, standing: standingOf(head) });
  return head;
}

/** Cuts the waits of an application's job short when Git wants something newer than it works on, and looks again after it. */
export async function supersede(serving: Serving, name: string, ports: Ports): Promise<void> {
  const followed = serving.followed.get(name);
  const inFlight = serving.inFlight.get(name);
  if (followed === undefined || inFlight === undefined) return;
  const fingerprint = await fingerprintOf(followed, ports).catch(() => undefined);
  if (fingerprint === undefined || fingerprint === inFlight.fingerprint) return;
  if (serving.inFlight.get(name) === inFlight) cutShort(serving, name);
  queueLook(serving, name);
}

/** Ends the waits of the present job. What it leaves undone is for the next look, even if Git has nothing new then. */
function cutShort({ inFlight, settled }: Serving, name: string): void {
  settled.delete(name);
  inFlight.get(name)?.superseded.abort();
}

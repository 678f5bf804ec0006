import { adviceOf } from '../errors.ts';
import type { Head } from '../model/head.ts';
import type { Ports } from '../ports.ts';
import { rollbackIfAsked } from './auto-rollback.ts';
import type { FollowedRef } from './concerned-applications.ts';
import type { Fleet } from './fleet.ts';
import { type Followed, fingerprintOf, followGit, parentOf, type Signals } from './follow.ts';
import type { PushInbox } from './push-inbox.ts';
import { reportOutcome } from './report-outcome.ts';

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
  /** Where applications are declared, if that is in Git. */
  readonly control?: FollowedRef;
};

/** What a job is about, for as long as it runs. */
type InFlight = { fingerprint: string | undefined; readonly superseded: AbortController };

/** All that `serve` remembers between its looks. */
export type Serving = {
  readonly fleet: Fleet;
  readonly options: ServeOptions;
  readonly ports: Ports;
  /** What is declared, from the last poll that succeeded. */
  followed: ReadonlyMap<string, Followed>;
  /** What Git said when an application was last brought up to it. */
  readonly settled: Map<string, string>;
  /** Applications whose health is still moving. */
  readonly restless: Set<string>;
  readonly inFlight: Map<string, InFlight>;
  /** What was said of declarations that cannot be used. */
  rejected: ReadonlySet<string>;
};

type Work = (followed: Followed, signals: Signals) => Promise<Head | undefined>;

/** Starts a job of an application; false when it is busy, and then the job does not run. */
export function start(serving: Serving, name: string, work: Work): boolean {
  return serving.fleet.start(name, () => run(serving, name, work));
}

/** Looks at Git for one application: now, or as soon as its present job is done. */
export function demandLook(serving: Serving, name: string, ports: Ports): void {
  serving.fleet.demand(name, () =>
    run(serving, name, (followed, signals) => lookAtGit(serving, followed, { ports, signals })),
  );
}

async function run(serving: Serving, name: string, work: Work): Promise<void> {
  const { options, ports } = serving;
  const followed = serving.followed.get(name);
  if (options.signal.aborted || followed === undefined) return;
  const superseded = new AbortController();
  serving.inFlight.set(name, { fingerprint: serving.settled.get(name), superseded });
  try {
    const signals = { signal: options.signal, superseded: superseded.signal };
    const head = await work(followed, signals);
    if (head !== undefined) await concludeJob(serving, followed, head);
  } catch (error) {
    ports.reporter.report({ type: 'notice', level: 'error', application: name, message: adviceOf(error) });
  } finally {
    serving.inFlight.delete(name);
  }
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

/** An application that Git has nothing new for costs no more than its share of one probe. */
export async function lookAtGit(
  serving: Serving,
  followed: Followed,
  { ports, signals }: { readonly ports: Ports; readonly signals: Signals },
): Promise<Head | undefined> {
  const { name } = followed.declared.application;
  const fingerprint = await fingerprintOf(followed, ports);
  if (fingerprint !== undefined && serving.settled.get(name) === fingerprint) return undefined;
  const inFlight = serving.inFlight.get(name);
  if (inFlight !== undefined) inFlight.fingerprint = fingerprint;
  const head = await followGit(followed, ports, signals);
  const isSettled = head?.operation === undefined || head.operation.phase === 'Succeeded';
  if (fingerprint !== undefined && isSettled) serving.settled.set(name, fingerprint);
  return head;
}

/** Tells a job that waits for health to make way when Git wants something newer than it works on. */
export async function supersede(serving: Serving, name: string, ports: Ports): Promise<void> {
  const followed = serving.followed.get(name);
  const inFlight = serving.inFlight.get(name);
  if (followed === undefined || inFlight === undefined) return;
  const fingerprint = await fingerprintOf(followed, ports).catch(() => undefined);
  if (fingerprint !== undefined && fingerprint !== inFlight.fingerprint) inFlight.superseded.abort();
}

import { adviceOf } from '../errors.ts';
import type { Head } from '../model/head.ts';
import type { Declarations } from '../model/registry.ts';
import type { Ports } from '../ports.ts';
import { listHeads } from '../state/heads.ts';
import { Fleet } from './fleet.ts';
import { type Followed, fingerprintOf, followCluster, followGit } from './follow.ts';
import { followedApplications } from './followed-applications.ts';
import { probeOnce } from './probe-once.ts';
import { refreshHealth } from './refresh-health.ts';
import { scanCluster } from './scan.ts';
import { scanNamespaces } from './scan-namespaces.ts';

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
};

/** Share of an interval that jitter may add. */
const jitterShare = 0.1;
/** How often an application that is on its way to health is looked at. */
const restlessMs = 2_000;

type Serving = {
  readonly fleet: Fleet;
  readonly options: ServeOptions;
  readonly ports: Ports;
  /** What is declared, from the last poll that succeeded. */
  followed: ReadonlyMap<string, Followed>;
  /** What Git said when an application was last brought up to it. */
  readonly settled: Map<string, string>;
  /** Applications whose health is still moving. */
  readonly restless: Set<string>;
  /** What was said of declarations that cannot be used. */
  rejected: ReadonlySet<string>;
};

/** Polls, syncs and repairs until the signal fires; failures are reported and outlived, each for its own application. */
export async function serve(load: () => Promise<Declarations>, options: ServeOptions, ports: Ports): Promise<void> {
  const fleet = new Fleet(options.concurrency);
  const serving: Serving = {
    fleet,
    options,
    ports,
    followed: new Map(),
    settled: new Map(),
    restless: new Set(),
    rejected: new Set(),
  };
  await Promise.all([
    repeat(serving, options.pollMs, () => pollRound(serving, load)),
    repeat(serving, options.driftMs, () => driftRound(serving)),
    repeat(serving, restlessMs, () => restlessRound(serving)),
  ]);
  await fleet.idle();
}

async function repeat({ options, ports }: Serving, everyMs: number, round: () => Promise<void>): Promise<void> {
  while (!options.signal.aborted) {
    try {
      await round();
    } catch (error) {
      ports.reporter.report({ type: 'notice', level: 'error', message: adviceOf(error) });
    }
    await ports.clock.sleep(everyMs * (1 + options.jitter() * jitterShare), options.signal);
  }
}

async function pollRound(serving: Serving, load: () => Promise<Declarations>): Promise<void> {
  await refreshDeclarations(serving, load);
  const ports = { ...serving.ports, git: probeOnce(serving.ports.git) };
  for (const [name, followed] of serving.followed) start(serving, name, () => pollOne(serving, followed, ports));
}

/** While declarations cannot be read, what was declared last counts. */
async function refreshDeclarations(serving: Serving, load: () => Promise<Declarations>): Promise<void> {
  try {
    const declarations = await load();
    serving.followed = followedApplications(declarations);
    reportRejected(serving, declarations);
  } catch (error) {
    serving.ports.reporter.report({ type: 'notice', level: 'error', message: adviceOf(error) });
  }
}

/** Says once, and again only after a change, which declarations are left out. */
function reportRejected(serving: Serving, { rejected }: Declarations): void {
  const messages = rejected.map(({ error }) => adviceOf(error));
  for (const message of messages)
    if (!serving.rejected.has(message)) serving.ports.reporter.report({ type: 'notice', level: 'error', message });
  serving.rejected = new Set(messages);
}

/** An application that Git has nothing new for costs no more than its share of one probe. */
async function pollOne(serving: Serving, followed: Followed, ports: Ports): Promise<Head | undefined> {
  const { name } = followed.declared.application;
  const fingerprint = await fingerprintOf(followed, ports);
  if (fingerprint !== undefined && serving.settled.get(name) === fingerprint) return undefined;
  const head = await followGit(followed, ports, serving.options.signal);
  const isSettled = head?.operation === undefined || head.operation.phase === 'Succeeded';
  if (fingerprint !== undefined && isSettled) serving.settled.set(name, fingerprint);
  return head;
}

async function driftRound(serving: Serving): Promise<void> {
  const { heads, unreadable } = await listHeads(serving.ports.store);
  for (const { error } of unreadable)
    serving.ports.reporter.report({ type: 'notice', level: 'error', message: adviceOf(error) });
  const byCluster = Map.groupBy(
    heads
      .map(({ head }) => head)
      .filter(({ application, deployed }) => deployed !== undefined && serving.followed.has(application)),
    ({ cluster }) => cluster,
  );
  await Promise.all([...byCluster.values()].map((members) => scanOne(serving, members)));
}

/** A cluster that is away does not keep the others waiting. */
async function scanOne(serving: Serving, heads: readonly Head[]): Promise<void> {
  const { ports } = serving;
  const members = heads.flatMap((head) => {
    const followed = serving.followed.get(head.application);
    return followed === undefined ? [] : [{ head, application: followed.declared.application }];
  });
  if (members[0] === undefined) return;
  try {
    const cluster = await ports.clusters.open(members[0].application.destination);
    const [moved, unready] = await Promise.all([scanCluster(heads, cluster), scanNamespaces(members, cluster)]);
    for (const name of new Set([...moved.map(({ application }) => application), ...unready])) {
      const followed = serving.followed.get(name);
      if (followed !== undefined) start(serving, name, () => followCluster(followed, ports, serving.options.signal));
    }
  } catch (error) {
    ports.reporter.report({ type: 'notice', level: 'error', message: adviceOf(error) });
  }
}

async function restlessRound(serving: Serving): Promise<void> {
  for (const name of serving.restless) {
    const followed = serving.followed.get(name);
    if (followed === undefined) serving.restless.delete(name);
    else start(serving, name, () => refreshHealth(followed.declared.application, serving.ports));
  }
}

function start(serving: Serving, name: string, job: () => Promise<Head | undefined>): void {
  serving.fleet.start(name, async () => {
    if (serving.options.signal.aborted) return;
    try {
      const head = await job();
      if (head === undefined) return;
      if (head.health.code === 'Progressing') serving.restless.add(name);
      else serving.restless.delete(name);
    } catch (error) {
      serving.ports.reporter.report({ type: 'notice', level: 'error', application: name, message: adviceOf(error) });
    }
  });
}

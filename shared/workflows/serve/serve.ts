import { adviceOf } from '../../errors.ts';
import type { Head } from '../../model/head.ts';
import type { Push } from '../../model/push.ts';
import type { Declarations } from '../../model/registry.ts';
import { unfinishedPin } from '../../plan/pin.ts';
import type { Ports } from '../../ports.ts';
import { listHeads } from '../../state/heads.ts';
import { applicationsBeingRestored } from '../../state/restores.ts';
import { concernsApplication, concernsRef, pushesByRepository } from './concerned-applications.ts';
import { Fleet } from './fleet.ts';
import type { Followed } from './follow.ts';
import { followedApplications } from './followed-applications.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { probeOnce } from './probe-once.ts';
import { refreshHealth } from './refresh-health.ts';
import { dueForRefresh, readTogether, refreshSecrets } from './refresh-secrets.ts';
import { type RoundPorts, standingsOf } from './refs-in-order.ts';
import { rememberFor } from './remember-for.ts';
import { scanCluster } from './scan.ts';
import { scanNamespaces } from './scan-namespaces.ts';
import { queueLook, type ServeOptions, type Serving, start, startLook, startRepair, supersede } from './serving.ts';
import { tidyStore } from './tidy-store.ts';
import { watchRegistry } from './watch-registry.ts';

/** Share of an interval that jitter may add. */
const jitterShare = 0.1;
/** How often an application that is on its way to health is looked at. */
const restlessMs = 2_000;
/** How often it looks whose secrets are to be read again. */
const secretsMs = 30_000;
/** How long it counts which applications are being restored. */
const restoringMs = 500;
const firstTidyMs = 10 * 60_000;
const tidyMs = 6 * 60 * 60_000;
/** After pushes, how long further ones are gathered. */
const gatherMs = 250;

type Load = () => Promise<Declarations>;

type Server = Serving & {
  /** What no application waits for: whether a busy one is to make way, and what is declared anew. */
  readonly asides: Fleet;
  /** Reads again what is declared; never fails. */
  readonly redeclare: () => Promise<void>;
};

/** Polls, hears of pushes, syncs and repairs until the signal fires; failures are reported and outlived, each for its own application. */
export async function serve(load: Load, options: ServeOptions, ports: Ports): Promise<void> {
  const serving: Server = {
    fleet: new Fleet(options.concurrency),
    asides: new Fleet(options.concurrency),
    redeclare: oneAtATime(() => declareAgain(serving, load)),
    options,
    ports: { ...ports, store: watchRegistry(ports.store, () => demandDeclarations(serving)) },
    followed: new Map(),
    settled: new Map(),
    restless: new Set(),
    secretsRead: new Map(),
    inFlight: new Map(),
    restoring: rememberFor(restoringMs, ports.clock, () => applicationsBeingRestored(ports)),
    rejected: new Set(),
  };
  await Promise.all([
    repeat(serving, options.pollMs, () => pollRound(serving)),
    repeat(serving, options.driftMs, () => driftRound(serving)),
    repeat(serving, restlessMs, () => restlessRound(serving)),
    repeat(serving, Math.min(options.driftMs, secretsMs), () => secretsRound(serving)),
    tidy(serving),
    hear(serving),
  ]);
  await serving.fleet.idle();
  await serving.asides.idle();
  await serving.fleet.idle();
}

async function repeat(serving: Serving, everyMs: number, round: () => Promise<void>): Promise<void> {
  const { options, ports } = serving;
  while (!options.signal.aborted) {
    await outlive(serving, round);
    await ports.clock.sleep(everyMs * (1 + options.jitter() * jitterShare), options.signal);
  }
}

/** Not at the start, when there is enough to do. */
async function tidy(serving: Serving): Promise<void> {
  const { options, ports } = serving;
  await ports.clock.sleep(firstTidyMs, options.signal);
  await repeat(serving, tidyMs, () => tidyStore(options.retention, ports));
}

async function outlive({ ports }: Serving, round: () => Promise<void>): Promise<void> {
  try {
    await round();
  } catch (error) {
    ports.reporter.report({ type: 'notice', level: 'error', message: adviceOf(error) });
  }
}

async function pollRound(serving: Server): Promise<void> {
  await serving.redeclare();
  const unsettled = [...serving.followed.keys()].filter((name) => !serving.settled.has(name));
  const stood = await standingsOf(unsettled, serving.ports);
  const ports = { ...serving.ports, git: probeOnce(serving.ports.git), stood };
  for (const name of serving.followed.keys()) offerLook(serving, name, ports);
}

async function hear(serving: Server): Promise<void> {
  const { pushes, signal } = serving.options;
  if (pushes === undefined) return;
  while (!signal.aborted) {
    const taken = await pushes.take(signal);
    await outlive(serving, async () => hearOfPushes(serving, taken));
    await serving.ports.clock.sleep(gatherMs, signal);
  }
}

/** Looks at Git for exactly the applications that pushes concern, and at where applications are declared if that is what moved. */
function hearOfPushes(serving: Server, pushes: readonly Push[]): void {
  const { control } = serving.options;
  const pushesOf = pushesByRepository(pushes);
  demandLooks(serving, ({ declared: { application } }) =>
    pushesOf(application.sources).some((push) => concernsApplication(push, application)),
  );
  if (control !== undefined && pushes.some((push) => concernsRef(push, control))) demandDeclarations(serving);
}

function demandDeclarations(serving: Server): void {
  serving.asides.demand('declarations', () => hearOfDeclarations(serving));
}

/** Reads again what is declared, and looks at Git for what is declared otherwise than before. */
async function hearOfDeclarations(serving: Server): Promise<void> {
  if (serving.options.signal.aborted) return;
  const before = serving.followed;
  await serving.redeclare();
  demandLooks(serving, (followed) => {
    const known = before.get(followed.declared.application.name);
    return JSON.stringify(known) !== JSON.stringify(followed);
  });
}

function demandLooks(serving: Server, isConcerned: (followed: Followed) => boolean): void {
  const ports = { ...serving.ports, git: probeOnce(serving.ports.git) };
  for (const [name, followed] of serving.followed)
    if (isConcerned(followed) && !offerLook(serving, name, ports)) queueLook(serving, name);
}

/** Looks at Git for one application; a busy one is only asked to make way if Git wants something newer, and gives false. */
function offerLook(serving: Server, name: string, ports: RoundPorts): boolean {
  const isFree = startLook(serving, name, ports);
  if (!isFree) serving.asides.demand(`make way: ${name}`, () => supersede(serving, name, ports));
  return isFree;
}

/** While declarations cannot be read, what was declared last counts. */
async function declareAgain(serving: Serving, load: Load): Promise<void> {
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
    const unfinished = heads.filter((head) => unfinishedPin(head) !== undefined);
    for (const name of new Set([...[...moved, ...unfinished].map(({ application }) => application), ...unready]))
      startRepair(serving, name);
  } catch (error) {
    ports.reporter.report({ type: 'notice', level: 'error', message: adviceOf(error) });
  }
}

async function restlessRound(serving: Serving): Promise<void> {
  for (const name of serving.restless) {
    if (!serving.followed.has(name)) serving.restless.delete(name);
    else start(serving, name, ({ declared }) => refreshHealth(declared.application, serving.ports));
  }
}

/** Secrets that are to be read again are asked for together; each application then syncs its own. */
async function secretsRound(serving: Serving): Promise<void> {
  const { ports, secretsRead, followed } = serving;
  const { heads } = await listHeads(ports.store);
  const now = ports.clock.now().getTime();
  const known = heads.map(({ head }) => head).filter(({ application }) => followed.has(application));
  const due = dueForRefresh(known, secretsRead, now).flatMap(({ application }) => followed.get(application) ?? []);
  if (due.length === 0) return;
  if (due.length > 1) await readTogether(due, ports);
  for (const { declared } of due) {
    const { name } = declared.application;
    // A busy one is asked again in the next round.
    const isStarted = start(serving, name, (each, signals) => refreshSecrets(each, ports, signals));
    if (isStarted) secretsRead.set(name, now);
  }
}

import { adviceOf } from '../errors.ts';
import type { Head } from '../model/head.ts';
import type { Declarations } from '../model/registry.ts';
import type { Ports } from '../ports.ts';
import { listHeads } from '../state/heads.ts';
import { concernsApplication, concernsRef } from './concerned-applications.ts';
import { Fleet } from './fleet.ts';
import { followCluster } from './follow.ts';
import { followedApplications } from './followed-applications.ts';
import { probeOnce } from './probe-once.ts';
import type { PushInbox } from './push-inbox.ts';
import { refreshHealth } from './refresh-health.ts';
import { scanCluster } from './scan.ts';
import { scanNamespaces } from './scan-namespaces.ts';
import { demandLook, lookAtGit, type ServeOptions, type Serving, start, supersede } from './serving.ts';

/** Share of an interval that jitter may add. */
const jitterShare = 0.1;
/** How often an application that is on its way to health is looked at. */
const restlessMs = 2_000;

type Load = () => Promise<Declarations>;

/** Polls, hears of pushes, syncs and repairs until the signal fires; failures are reported and outlived, each for its own application. */
export async function serve(load: Load, options: ServeOptions, ports: Ports): Promise<void> {
  const serving: Serving = {
    fleet: new Fleet(options.concurrency),
    options,
    ports,
    followed: new Map(),
    settled: new Map(),
    restless: new Set(),
    inFlight: new Map(),
    rejected: new Set(),
  };
  await Promise.all([
    repeat(serving, options.pollMs, () => pollRound(serving, load)),
    repeat(serving, options.driftMs, () => driftRound(serving)),
    repeat(serving, restlessMs, () => restlessRound(serving)),
    hear(serving, load),
  ]);
  await serving.fleet.idle();
}

async function repeat(serving: Serving, everyMs: number, round: () => Promise<void>): Promise<void> {
  const { options, ports } = serving;
  while (!options.signal.aborted) {
    await outlive(serving, round);
    await ports.clock.sleep(everyMs * (1 + options.jitter() * jitterShare), options.signal);
  }
}

async function outlive({ ports }: Serving, round: () => Promise<void>): Promise<void> {
  try {
    await round();
  } catch (error) {
    ports.reporter.report({ type: 'notice', level: 'error', message: adviceOf(error) });
  }
}

async function pollRound(serving: Serving, load: Load): Promise<void> {
  await refreshDeclarations(serving, load);
  const ports = { ...serving.ports, git: probeOnce(serving.ports.git) };
  const names = [...serving.followed.keys()];
  await Promise.all(
    names.map(async (name) => {
      const isFree = start(serving, name, (followed, signals) => lookAtGit(serving, followed, { ports, signals }));
      if (!isFree) await supersede(serving, name, ports);
    }),
  );
}

async function hear(serving: Serving, load: Load): Promise<void> {
  const { pushes, signal } = serving.options;
  if (pushes === undefined) return;
  while (!signal.aborted) await outlive(serving, () => pushRound(serving, pushes, load));
}

/** Looks at Git for exactly the applications that pushes concern; for all of them when it is the declarations that may have changed. */
async function pushRound(serving: Serving, inbox: PushInbox, load: Load): Promise<void> {
  const { control, signal } = serving.options;
  const pushes = await inbox.take(signal);
  if (signal.aborted) return;
  const isControl = control !== undefined && pushes.some((push) => concernsRef(push, control));
  if (isControl) await refreshDeclarations(serving, load);
  const ports = { ...serving.ports, git: probeOnce(serving.ports.git) };
  const concerned = [...serving.followed.values()]
    .map(({ declared }) => declared.application)
    .filter((application) => isControl || pushes.some((push) => concernsApplication(push, application)));
  await Promise.all(
    concerned.map(async ({ name }) => {
      demandLook(serving, name, ports);
      await supersede(serving, name, ports);
    }),
  );
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
      start(serving, name, (followed, signals) => followCluster(followed, ports, signals));
    }
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

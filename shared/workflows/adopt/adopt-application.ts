import { attempt } from '../../apply/attempt.ts';
import { adviceOf } from '../../errors.ts';
import type { ClusterFacts } from '../../model/cluster.ts';
import { type Head, newHead } from '../../model/head.ts';
import { type Inventory, indexInventory, mergeInventory } from '../../model/inventory.ts';
import { keyOf } from '../../model/object-ref.ts';
import type { DeclaredApplication } from '../../model/registry.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { notesOf } from '../../plan/good-snapshot.ts';
import type { Ports } from '../../ports.ts';
import { loadHead, type StoredHead, saveHead } from '../../state/heads.ts';
import { listSnapshots } from '../../state/snapshots.ts';
import { heldByOther } from '../sync/head-session.ts';

/** What the cluster has of one application. */
export type FoundApplication = {
  readonly application: string;
  readonly entries: Inventory;
  /** Absent: nobody declares it, as far as is known. */
  readonly declared?: DeclaredApplication;
};

/** What became of one application's state. */
export type AdoptedApplication = {
  readonly application: string;
  readonly project: string;
  /** Owned objects that the cluster has. */
  readonly objects: number;
  /** Those of them that its state did not list, and now does. */
  readonly added: number;
  /** Why its state was left as it is; absent when it was not. */
  readonly leftAlone?: string;
  readonly notes: readonly string[];
};

/** Where an application was found, and whether only to tell. */
export type Adopting = { readonly facts: ClusterFacts; readonly ports: Ports; readonly dryRun: boolean };

const mostTries = 5;

/** Adds what the cluster has of an application to its head, or makes the head; nothing in it is changed or removed. */
export async function adoptApplication(found: FoundApplication, adopting: Adopting): Promise<AdoptedApplication> {
  const elsewhere = await declaredElsewhere(found, adopting);
  if (elsewhere !== undefined) return leave(found, elsewhere);
  for (let tries = 0; tries < mostTries; tries += 1) {
    const loaded = await attempt(loadHead(adopting.ports.store, found.application));
    if (!loaded.ok) return leave(found, adviceOf(loaded.error));
    const adopted = await addMissing(found, loaded.value, adopting);
    if (adopted !== 'lost') return adopted;
  }
  return leave(found, 'other processes keep moving its state: run it again');
}

async function addMissing(
  found: FoundApplication,
  stored: StoredHead | undefined,
  adopting: Adopting,
): Promise<AdoptedApplication | 'lost'> {
  const { head, notes } = stored === undefined ? await freshHead(found, adopting) : { head: stored.head, notes: [] };
  const known = indexInventory(head.inventory);
  const missing = found.entries.filter(({ ref }) => !known.has(keyOf(ref)));
  const reason = reasonToLeave(head, adopting) ?? (missing.length === 0 ? undefined : heldBy(head, adopting));
  if (reason !== undefined) return leave(found, reason);
  const { application, entries } = found;
  const adopted = { application, project: head.project, objects: entries.length, added: missing.length, notes };
  if (missing.length === 0 || adopting.dryRun) return adopted;
  const next = { ...head, inventory: mergeInventory(head.inventory, missing) };
  const saved = await saveHead(adopting.ports.store, next, stored?.etag ?? 'absent');
  return saved.won ? adopted : 'lost';
}

/** The head of an application whose state is lost, with the snapshots that are still kept. */
async function freshHead(
  { application, declared }: FoundApplication,
  { facts, ports }: Adopting,
): Promise<{ readonly head: Head; readonly notes: readonly string[] }> {
  const { snapshots, unreadable } = await listSnapshots(ports.store, application);
  const head: Head = {
    ...newHead(application, declared?.application.project ?? 'default', facts.name),
    server: facts.server,
    ...(declared?.parent === undefined ? {} : { parent: declared.parent }),
    sync: { code: 'Unknown', message: 'adopted from the cluster, and not compared since' },
    health: { code: 'Unknown', message: 'adopted from the cluster, and not looked at since' },
    snapshots: notesOf(snapshots, []),
  };
  return { head, notes: [...unreadable.map(({ error }) => adviceOf(error)), ...lostPin(snapshots.at(-1))] };
}

/** Pin and refusals were in the head alone. */
function lostPin(newest: Snapshot | undefined): readonly string[] {
  if (newest?.operation.reason !== 'rollback') return [];
  const { name, application } = newest;
  return [
    `it had been rolled back, and the next sync goes on with what Git says; to stay there: plumb rollback ${application.name} ${name} --until-unpinned`,
  ];
}

/** A cluster is the same by its name or by its server. */
function reasonToLeave({ cluster, server }: Head, { facts }: Adopting): string | undefined {
  if (cluster === facts.name || server === facts.server) return undefined;
  return `its state says that it is in cluster ${cluster}`;
}

/** A head that is moved under a running sync would stop that. */
function heldBy(head: Head, { ports }: Adopting): string | undefined {
  const held = heldByOther(head, ports);
  return held === undefined ? undefined : adviceOf(held);
}

/** What is declared for another cluster would be refused there, were its state to say that it is here. */
async function declaredElsewhere(
  { declared }: FoundApplication,
  { facts, ports }: Adopting,
): Promise<string | undefined> {
  if (declared === undefined) return undefined;
  const asked = await attempt(declaredFacts(declared, ports));
  if (!asked.ok) return `the cluster that it is declared for cannot be asked: ${adviceOf(asked.error)}`;
  const { name, server } = asked.value;
  if (name === facts.name || server === facts.server) return undefined;
  return `it is declared for cluster ${name}`;
}

async function declaredFacts({ application }: DeclaredApplication, { clusters }: Ports): Promise<ClusterFacts> {
  return (await clusters.open(application.destination)).facts();
}

function leave({ application, entries, declared }: FoundApplication, leftAlone: string): AdoptedApplication {
  const project = declared?.application.project ?? 'default';
  return { application, project, objects: entries.length, added: 0, leftAlone, notes: [] };
}

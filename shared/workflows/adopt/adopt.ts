import { attempt } from '../../apply/attempt.ts';
import type { Cluster } from '../../cluster-ports.ts';
import { adviceOf, messageOf } from '../../errors.ts';
import type { Destination } from '../../model/application.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { formatRef, refOf, versionOf } from '../../model/object-ref.ts';
import type { DeclaredApplication } from '../../model/registry.ts';
import { adoptedEntry, isWrittenByUs } from '../../plan/adoption.ts';
import type { Ports } from '../../ports.ts';
import { loadRegistry } from '../../state/registry.ts';
import { type AdoptedApplication, adoptApplication, type FoundApplication } from './adopt-application.ts';
import { findMarked, type Marked, type Stray, type Unknown } from './find-marked.ts';

export type AdoptRequest = {
  readonly cluster: Destination;
  /** What is declared, as far as the caller knows; what the registry still has is added. */
  readonly declared: readonly DeclaredApplication[];
  /** True: nothing is saved. Default false. */
  readonly dryRun?: boolean;
};

/** What was found in a cluster, and what became of the state. */
export type Adoption = {
  readonly cluster: string;
  /** By name. */
  readonly applications: readonly AdoptedApplication[];
  /** How many kinds were listed. */
  readonly kinds: number;
  /** What could not be read: there may be owned objects among it. */
  readonly unknown: readonly Unknown[];
  readonly stray: readonly Stray[];
  /** Objects with a tracking id that we did not write: Argo CD's. */
  readonly foreign: number;
};

/**
 * Rebuilds lost state from the labels and tracking ids in a cluster: an inventory for each application, to which the next
 * sync compares everything anew. The cluster is only read, and of state that is there nothing is changed or removed.
 */
export async function adopt(
  { cluster: destination, declared, dryRun = false }: AdoptRequest,
  ports: Ports,
): Promise<Adoption> {
  const cluster = await ports.clusters.open(destination);
  const facts = await cluster.facts();
  const marked = await findMarked(cluster);
  const registry = await loadRegistry(ports.store);
  const known = new Map([...registry.applications, ...declared].map((each) => [each.application.name, each]));
  const unlabelled = await findUnlabelled(marked, new Set([...known.keys(), ...marked.owned.keys()]), cluster);
  const applications = groupFound(marked, unlabelled.ours, known);
  return {
    cluster: facts.name,
    applications: await Promise.all(applications.map((found) => adoptApplication(found, { facts, ports, dryRun }))),
    kinds: marked.kinds,
    unknown: [
      ...marked.unknown,
      ...unlabelled.unknown,
      ...registry.unreadable.map(({ key, error }) => ({ what: key, message: adviceOf(error) })),
    ],
    stray: marked.stray,
    foreign: unlabelled.foreign,
  };
}

type Unlabelled = {
  readonly ours: ReadonlyMap<string, readonly LiveObject[]>;
  readonly foreign: number;
  readonly unknown: readonly Unknown[];
};

/**
 * Those without our label that are ours for all that: their application is one of ours, and our field manager has written them.
 * An Argo CD with an application of the same name writes the same tracking id.
 */
async function findUnlabelled(
  { tracked }: Marked,
  applications: ReadonlySet<string>,
  cluster: Cluster,
): Promise<Unlabelled> {
  const candidates = [...tracked].filter(([application]) => applications.has(application));
  const looked = await Promise.all(
    candidates.flatMap(([application, objects]) => objects.map((live) => lookAtWriter(application, live, cluster))),
  );
  const ours = looked.filter(({ isOurs }) => isOurs === true);
  const unknown = looked.flatMap((each) => each.unknown ?? []);
  const all = [...tracked.values()].flat().length;
  const byApplication = Map.groupBy(ours, ({ application }) => application);
  return {
    ours: new Map([...byApplication].map(([application, each]) => [application, each.map(({ live }) => live)])),
    foreign: all - ours.length - unknown.length,
    unknown,
  };
}

type Looked = {
  readonly application: string;
  readonly live: LiveObject;
  readonly isOurs?: boolean;
  readonly unknown?: Unknown;
};

/** Lists leave out who wrote what; a read tells it. */
async function lookAtWriter(application: string, live: LiveObject, cluster: Cluster): Promise<Looked> {
  const ref = refOf(live);
  const read = await attempt(cluster.readMetadata({ ref, version: versionOf(live.apiVersion) }));
  if (!read.ok) return { application, live, unknown: { what: formatRef(ref), message: messageOf(read.error) } };
  return { application, live, isOurs: read.value !== undefined && isWrittenByUs(read.value) };
}

function groupFound(
  { owned }: Marked,
  unlabelled: ReadonlyMap<string, readonly LiveObject[]>,
  known: ReadonlyMap<string, DeclaredApplication>,
): readonly FoundApplication[] {
  const names = [...new Set([...owned.keys(), ...unlabelled.keys()])].sort();
  return names.map((application) => {
    const objects = [...(owned.get(application) ?? []), ...(unlabelled.get(application) ?? [])];
    const declared = known.get(application);
    return { application, entries: objects.map(adoptedEntry), ...(declared === undefined ? {} : { declared }) };
  });
}

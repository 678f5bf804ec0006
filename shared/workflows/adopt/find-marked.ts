import { attempt } from '../../apply/attempt.ts';
import type { Cluster } from '../../cluster-ports.ts';
import { messageOf } from '../../errors.ts';
import type { ClusterFacts, ServedKind } from '../../model/cluster.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { type ObjectRef, refOf } from '../../model/object-ref.ts';
import { type Mark, markOf } from '../../plan/adoption.ts';

/** A kind, or an object, of which nothing could be learned, and why. */
export type Unknown = { readonly what: string; readonly message: string };

/** A live object that carries our label and is not owned by an application. */
export type Stray = { readonly ref: ObjectRef; readonly reason: string };

/** What a cluster has with our label or a tracking id; metadata only. */
export type Marked = {
  /** By application. */
  readonly owned: ReadonlyMap<string, readonly LiveObject[]>;
  /** Without our label, by the application that the tracking id names. */
  readonly tracked: ReadonlyMap<string, readonly LiveObject[]>;
  readonly stray: readonly Stray[];
  /** How many kinds were listed. */
  readonly kinds: number;
  /** Kinds that could not be listed: they may hold owned objects. */
  readonly unknown: readonly Unknown[];
};

type MarkedObject = { readonly live: LiveObject; readonly mark: Mark };

/** Looks through all kinds of a cluster that could hold an owned object. A ClusterError when none of them can be listed. */
export async function findMarked(cluster: Cluster): Promise<Marked> {
  const facts = await cluster.facts();
  const lists = await Promise.all(kindsToList(facts).map((kind) => listMarked(kind, cluster)));
  const failed = lists.flatMap((list) => ('error' in list ? [list] : []));
  if (failed[0] !== undefined && failed.length === lists.length) throw failed[0].error;
  const marked = lists.flatMap((list) => ('found' in list ? list.found : []));
  return {
    owned: byApplication(marked, 'owned'),
    tracked: byApplication(marked, 'tracked'),
    stray: strays(marked),
    kinds: lists.length - failed.length,
    unknown: [...failed.map(({ what, error }) => ({ what, message: messageOf(error) })), ...unanswered(facts)],
  };
}

/** One version of each kind that can be listed and applied. Events are nobody's. */
function kindsToList({ served }: ClusterFacts): readonly ServedKind[] {
  const usable = served.filter(
    ({ kind, verbs }) => kind !== 'Event' && ['list', 'patch'].every((verb) => verbs.includes(verb)),
  );
  return [...Map.groupBy(usable, ({ group, kind }) => `${group}/${kind}`).values()].flatMap(
    ([preferred]) => preferred ?? [],
  );
}

type Listed = { readonly found: readonly MarkedObject[] } | { readonly what: string; readonly error: unknown };

async function listMarked(kind: ServedKind, cluster: Cluster): Promise<Listed> {
  const listed = await attempt(cluster.listMetadata({ kind }));
  if (!listed.ok) return { what: nameOf(kind), error: listed.error };
  return {
    found: listed.value.flatMap((live) => {
      const mark = markOf(live);
      return mark === undefined ? [] : [{ live, mark }];
    }),
  };
}

function byApplication(
  marked: readonly MarkedObject[],
  is: 'owned' | 'tracked',
): ReadonlyMap<string, readonly LiveObject[]> {
  const objects = new Map<string, LiveObject[]>();
  for (const { live, mark } of marked) {
    if (mark.is !== is) continue;
    const known = objects.get(mark.application);
    if (known === undefined) objects.set(mark.application, [live]);
    else known.push(live);
  }
  return objects;
}

/** An object that is served under two groups is no copy of itself. */
function strays(marked: readonly MarkedObject[]): readonly Stray[] {
  const owned = new Set(marked.flatMap(({ live, mark }) => (mark.is === 'stray' ? [] : [live.metadata.uid])));
  return marked.flatMap(({ live, mark }) =>
    mark.is === 'stray' && !owned.has(live.metadata.uid) ? [{ ref: refOf(live), reason: mark.reason }] : [],
  );
}

function unanswered({ failing = [] }: ClusterFacts): readonly Unknown[] {
  return failing.map((what) => ({ what, message: 'its API service does not answer' }));
}

function nameOf({ group, resource }: ServedKind): string {
  return group === '' ? resource : `${resource}.${group}`;
}

import { attempt } from '../../apply/attempt.ts';
import { PlumbError } from '../../errors.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { isRevision, namesMeant, newestOfEach, revisionInName } from '../../plan/snapshot-match.ts';
import type { ObjectStore } from '../../ports.ts';
import { keys } from '../../state/keys.ts';
import { loadSnapshot } from '../../state/snapshots.ts';

/**
 * The snapshot of an application that a person means: by its name, by a beginning of the name that no other has, or by its revision
 * or the first characters of it, at least four: then the newest one. Anything else is a PlumbError `usage` that lists what there is.
 */
export async function findSnapshot(store: ObjectStore, application: string, asked: string): Promise<Snapshot> {
  const names = await listNames(store, application);
  const wanted = asked.toLowerCase();
  const [name, ...others] = namesMeant(names, wanted);
  if (name !== undefined && others.length > 0) throw ambiguous(application, asked, [name, ...others]);
  const found = name === undefined ? undefined : await loadSnapshot(store, application, name);
  return found ?? findByRevision({ store, application, asked }, names);
}

/** Oldest first; nothing is read. */
async function listNames(store: ObjectStore, application: string): Promise<readonly string[]> {
  const prefix = keys.snapshotsOf(application);
  return (await store.list(prefix)).map((key) => key.slice(prefix.length).replace(/\.json\.gz$/, ''));
}

type Asked = { readonly store: ObjectStore; readonly application: string; readonly asked: string };

/** A name tells the beginning of one revision: longer ones, and those of the other sources, are only in the snapshot. */
async function findByRevision(by: Asked, names: readonly string[]): Promise<Snapshot> {
  const { store, application, asked } = by;
  const wanted = asked.toLowerCase();
  if (wanted === '') throw absent(by, names, 0);
  const likely = names.filter((name) => wanted.startsWith(revisionInName(name)));
  const pool = likely.length > 0 ? likely : names;
  const read = await Promise.all(pool.map((name) => attempt(loadSnapshot(store, application, name))));
  const snapshots = read.flatMap((each) => (each.ok && each.value !== undefined ? [each.value] : []));
  const [found, ...others] = newestOfEach(snapshots.flatMap((snapshot) => matches(snapshot, wanted)));
  if (found === undefined) throw absent(by, names, read.filter(({ ok }) => !ok).length);
  if (others.length === 0) return found;
  const meant = [found, ...others].map(({ name }) => name);
  throw ambiguous(application, asked, meant);
}

function matches(snapshot: Snapshot, wanted: string): readonly (readonly [string, Snapshot])[] {
  const revision = snapshot.sources
    .map((source) => source.revision)
    .find((each) => isRevision(each.toLowerCase(), wanted));
  return revision === undefined ? [] : [[revision, snapshot]];
}

function ambiguous(application: string, asked: string, meant: readonly string[]): PlumbError {
  return new PlumbError('snapshot-unknown', `"${asked}" can mean ${meant.length} snapshots of ${application}`, {
    object: application,
    hint: `write more of the one that is meant: ${listed(meant)}; plumb history ${application} shows them`,
  });
}

function absent({ application, asked }: Asked, names: readonly string[], unreadable: number): PlumbError {
  if (names.length === 0) {
    return new PlumbError('snapshot-unknown', `${application} has no snapshots`, {
      object: application,
      hint: 'check the name (plumb list shows what is known) and --store; a sync that changes what is deployed leaves one',
    });
  }
  const unread = unreadable === 0 ? '' : ` (${unreadable} could not be read)`;
  return new PlumbError('snapshot-unknown', `${application} has no snapshot "${asked}"`, {
    object: application,
    hint: `there are ${listed(names)}${unread}; plumb history ${application} shows them`,
  });
}

const shownNames = 10;

/** The newest first. */
function listed(names: readonly string[]): string {
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : '';
  return [...names].sort().reverse().slice(0, shownNames).join(', ') + more;
}

import { emptyRender } from '../model/render.ts';
import type { SnapshotNote } from '../model/snapshot.ts';
import { isGood, newestGood } from './good-snapshot.ts';
import { snapshotTime } from './snapshot-name.ts';

export type SnapshotQuestion = {
  /** All that are kept, oldest first. */
  readonly notes: readonly SnapshotNote[];
  /** Milliseconds since 1970: as it was then. Absent: the newest. */
  readonly at?: number;
  /** The digest of what is deployed, where that is known. */
  readonly deployed?: string;
  /** The snapshot that the application is pinned to: unless a time is asked for, that is what it is to be. */
  readonly pinned?: string;
};

export type SnapshotChoice =
  | {
      readonly restored: true;
      readonly snapshot: SnapshotNote;
      /** True: something else came after it, and the application is pinned, so that Git does not bring that back. */
      readonly isOlder: boolean;
    }
  | { readonly restored: false; readonly reason: string };

/**
 * Which snapshot of an application is restored: the newest good one, or the newest good one of a sync that started at or before a time.
 * An application that had been taken away then, with its objects, is not restored.
 */
export function chooseSnapshot({ notes, at, deployed, pinned }: SnapshotQuestion): SnapshotChoice {
  const pin = at === undefined ? notes.find(({ name }) => name === pinned) : undefined;
  if (pin !== undefined) return { restored: true, snapshot: pin, isOlder: false };
  const eligible = notes.filter(({ name }) => at === undefined || (snapshotTime(name) ?? 0) <= at);
  const newest = eligible.at(-1);
  if (newest === undefined) return no(notes.length === 0 ? 'it has no snapshot' : 'it has no snapshot that old');
  if (isEmpty(newest)) return no('it had been taken away, with its objects');
  const snapshot = newestGood(knownToRun(eligible.slice(eligible.findLastIndex(isEmpty) + 1)));
  if (snapshot === undefined) return no('none of its snapshots is of a sync that succeeded and did not end Degraded');
  const last = [notes.at(-1)?.renderDigest, deployed];
  const isOlder = last.some((digest) => digest !== undefined && digest !== snapshot.renderDigest);
  return { restored: true, snapshot, isOlder };
}

/** What ran once is known to run, though its newest snapshot may be too young to have been seen so. */
function knownToRun(notes: readonly SnapshotNote[]): readonly SnapshotNote[] {
  const healthy = new Set(notes.filter(isGood).map(({ renderDigest }) => renderDigest));
  return notes.map((note) => (healthy.has(note.renderDigest) ? { ...note, health: 'Healthy' } : note));
}

/** What is recorded of an application that went with its objects wants nothing. */
function isEmpty({ renderDigest }: SnapshotNote): boolean {
  return renderDigest === emptyRender.digest;
}

function no(reason: string): SnapshotChoice {
  return { restored: false, reason };
}

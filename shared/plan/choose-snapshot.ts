import type { SnapshotNote } from '../model/snapshot.ts';
import { newestGood } from './good-snapshot.ts';
import { millisecondsOf } from './timestamp.ts';

/** A snapshot as a choice sees it; `left`: the application was taken away with it. */
export type SnapshotCandidate = SnapshotNote & { readonly left?: true };

export type SnapshotQuestion = {
  /** All that are kept, oldest first. */
  readonly candidates: readonly SnapshotCandidate[];
  /** Milliseconds since 1970: as it was then; absent: the newest. */
  readonly at?: number;
  /** The render that is deployed, where that is known. */
  readonly deployed?: string;
};

export type SnapshotChoice =
  | {
      readonly restored: true;
      readonly snapshot: SnapshotNote;
      /** Renders that came after it and were passed over: Git is not let back to them. Empty: it is what was deployed last. */
      readonly passedOver: readonly string[];
    }
  | { readonly restored: false; readonly reason: string };

/**
 * Which snapshot of an application is restored: the newest good one, or the newest good one that was taken at or before a time.
 * A sync belongs to the time at which it started, as its snapshot's name says.
 */
export function chooseSnapshot({ candidates, at, deployed }: SnapshotQuestion): SnapshotChoice {
  const eligible = candidates.filter(({ name }) => at === undefined || (snapshotTime(name) ?? 0) <= at);
  const newest = eligible.at(-1);
  if (newest === undefined) return no(candidates.length === 0 ? 'it has no snapshot' : 'it has no snapshot that old');
  if (newest.left === true) return no('it had been taken away, with its objects');
  const since = eligible.slice(eligible.findLastIndex(({ left }) => left === true) + 1);
  const snapshot = newestGood(since);
  if (snapshot === undefined) return no('none of its snapshots is of a sync that succeeded and did not end Degraded');
  const later = candidates.slice(candidates.findIndex(({ name }) => name === snapshot.name) + 1);
  const renders = [...later.flatMap(({ left, renderDigest }) => (left === true ? [] : renderDigest)), deployed ?? ''];
  const passedOver = [...new Set(renders)].filter((digest) => digest !== '' && digest !== snapshot.renderDigest);
  return { restored: true, snapshot, passedOver };
}

/** Milliseconds since 1970 of the time in a snapshot's name; undefined for a name that is none. */
export function snapshotTime(name: string): number | undefined {
  const parts = /^(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})-(\d{3})-/.exec(name);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second, millisecond] = parts;
  return millisecondsOf(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z`);
}

function no(reason: string): SnapshotChoice {
  return { restored: false, reason };
}

import type { Head } from '../model/head.ts';
import type { SnapshotNote } from '../model/snapshot.ts';
import { newestGood } from './good-snapshot.ts';
import { notToGoBackTo } from './pin.ts';
import { snapshotTime } from './snapshot-name.ts';

/** A snapshot is kept while it is among the newest `keepLast`, or younger than `keepWithinMs`. */
export type RetentionPolicy = { readonly keepLast: number; readonly keepWithinMs: number };

/** 20 snapshots, and those of 30 days. */
export const standardRetention: RetentionPolicy = { keepLast: 20, keepWithinMs: 30 * 24 * 60 * 60 * 1000 };

/** No policy keeps more of one application: its head has a note of each. */
export const mostSnapshots = 200;

/** The snapshots of one application, oldest first, and what speaks for them. */
export type RetentionCase = {
  readonly notes: readonly SnapshotNote[];
  /** Absent: nothing is deployed any more, or nothing is known of it. */
  readonly head?: Head;
  /** Names of snapshots that somebody is about to use. */
  readonly inUse: ReadonlySet<string>;
  readonly policy: RetentionPolicy;
  /** Milliseconds since 1970. */
  readonly now: number;
};

/**
 * The snapshots that need not be kept any longer, oldest first. Whatever the policy, these stay: the newest one, that of what is deployed, the newest good
 * one, what a rollback would take, what is pinned, what the operation ends in, and what is in use.
 */
export function snapshotsToRemove(asked: RetentionCase): readonly SnapshotNote[] {
  const kept = new Set([...keptByPolicy(asked), ...protectedNames(asked)]);
  return asked.notes.filter(({ name }) => !kept.has(name));
}

/** One whose age is not known, or that the clock says is of the future, counts as young. */
function keptByPolicy({ notes, policy, now }: RetentionCase): readonly string[] {
  const firstOfLast = notes.length - policy.keepLast;
  const isYoung = (name: string): boolean => now - (snapshotTime(name) ?? now) < policy.keepWithinMs;
  return notes
    .filter(({ name }, index) => index >= firstOfLast || isYoung(name))
    .slice(-mostSnapshots)
    .map(({ name }) => name);
}

function protectedNames({ notes, head, inUse }: RetentionCase): readonly string[] {
  const deployed = head?.deployed === undefined ? [] : [head.deployed.renderDigest];
  const chosen = [
    notes.at(-1),
    notes.findLast(({ outcome, renderDigest }) => outcome === 'Succeeded' && deployed.includes(renderDigest)),
    newestGood(notes),
    newestGood(notes, deployed),
    head && newestGood(notes, notToGoBackTo(head)),
  ];
  const named = [head?.pin?.snapshot, head?.operation?.snapshot, ...chosen.map((note) => note?.name)];
  return [...inUse, ...named.filter((name) => name !== undefined)];
}

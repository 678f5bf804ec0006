import type { Snapshot, SnapshotNote } from '../model/snapshot.ts';

/** What a choice among snapshots needs to know of one that the head has no note of. */
export function noteOf({ name, renderDigest, outcome, health }: Snapshot): SnapshotNote {
  return { name, renderDigest, outcome, health: health.code };
}

/** One note for each snapshot, oldest first: what the head remembers where it does, for it saw what came of the snapshot. */
export function notesOf(snapshots: readonly Snapshot[], remembered: readonly SnapshotNote[]): readonly SnapshotNote[] {
  const byName = new Map(remembered.map((note) => [note.name, note]));
  return snapshots.map((snapshot) => byName.get(snapshot.name) ?? noteOf(snapshot));
}

/** True when all of it was applied and was seen to run. */
export function isGood({ outcome, health }: SnapshotNote): boolean {
  return outcome === 'Succeeded' && (health === 'Healthy' || health === 'Suspended');
}

/**
 * The newest good one of the notes, given oldest first. Where none was ever seen to run, the newest that was applied whole
 * and was not seen to fail. Renders in `without` are passed over.
 */
export function newestGood(notes: readonly SnapshotNote[], without: readonly string[] = []): SnapshotNote | undefined {
  const candidates = notes.filter(({ renderDigest }) => !without.includes(renderDigest));
  return (
    candidates.findLast(isGood) ??
    candidates.findLast(({ outcome, health }) => outcome === 'Succeeded' && health !== 'Degraded')
  );
}

import type { Application } from '../../shared/model/application.ts';
import type { ChangeCounts } from '../../shared/model/change.ts';
import type { Head } from '../../shared/model/head.ts';
import { withoutUserinfo } from '../../shared/model/repo-url.ts';
import type { Snapshot, SnapshotNote } from '../../shared/model/snapshot.ts';
import { isGood, notesOf } from '../../shared/plan/good-snapshot.ts';
import { formatAge } from '../duration.ts';
import { type Colours, paintHealth } from './colours.ts';
import { pinFields, pinRecord } from './pin-view.ts';
import { formatRevisions } from './revision.ts';
import { formatFields, formatTable } from './table.ts';

/** What is kept of an application's past; snapshots oldest first. */
export type History = {
  readonly application: string;
  readonly head?: Head;
  readonly snapshots: readonly Snapshot[];
};

type Looks = { readonly now: Date; readonly colours: Colours };

/** A snapshot with what the head knows of it. */
type Entry = {
  readonly snapshot: Snapshot;
  readonly note: SnapshotNote;
  readonly isDeployed: boolean;
  readonly isPinned: boolean;
};

const titles = ['SNAPSHOT', 'REVISION', 'AUTHOR', 'SUBJECT', 'AGE', 'OUTCOME', 'CHANGES'];

/** `plumb history` for people: newest first, and below it the pin and what was refused. */
export function formatHistory(history: History, { now, colours }: Looks): string {
  const { head } = history;
  const rows = entriesOf(history).map((entry) => rowOf(entry, { now, colours }));
  const held = head === undefined ? [] : pinFields(head, now);
  const table = formatTable(
    titles.map((title) => colours.bold(title)),
    rows,
  );
  return held.length === 0 ? table : `${table}\n${formatFields(held)}`;
}

/** What `plumb history -o json` prints: all that the snapshots hold, newest first. */
export function historyRecord(history: History): object {
  const { application, head } = history;
  const { pin = null, refused = [] } = head === undefined ? {} : pinRecord(head);
  const snapshots = entriesOf(history).map(({ snapshot, note, isDeployed, isPinned }) => ({
    ...snapshot,
    application: shown(snapshot.application),
    bestHealth: note.health,
    good: isGood(note),
    deployed: isDeployed,
    pinned: isPinned,
  }));
  return { application, pin, refused, snapshots };
}

/** A user name in the address of a repository may be a token. */
function shown(application: Application): Application {
  const sources = application.sources.map((source) => ({ ...source, repoURL: withoutUserinfo(source.repoURL) }));
  return { ...application, sources };
}

function entriesOf({ head, snapshots }: History): readonly Entry[] {
  const notes = notesOf(snapshots, head?.snapshots ?? []);
  const deployed = notes.findLast(
    ({ outcome, renderDigest }) => outcome === 'Succeeded' && renderDigest === head?.deployed?.renderDigest,
  );
  return snapshots
    .flatMap((snapshot, index) => {
      const note = notes[index];
      if (note === undefined) return [];
      const isPinned = head?.pin?.snapshot === note.name;
      return [{ snapshot, note, isDeployed: note === deployed, isPinned }];
    })
    .reverse();
}

function rowOf({ snapshot, note, isDeployed, isPinned }: Entry, { now, colours }: Looks): readonly string[] {
  const { sources, takenAt, changes } = snapshot;
  const commit = sources.find((source) => source.commit !== undefined)?.commit;
  const marks = [isDeployed ? colours.green('*') : '', isPinned ? '(pinned)' : ''];
  return [
    [snapshot.name, ...marks].filter((part) => part !== '').join(' '),
    formatRevisions(sources) || '-',
    commit?.author.replace(/ <.*$/, '') || '-',
    shortened(commit?.subject ?? '') || '-',
    formatAge(now.getTime() - new Date(takenAt).getTime()),
    outcomeOf(snapshot, note, colours),
    formatChanges(changes) || '-',
  ];
}

const longestSubject = 50;

function shortened(subject: string): string {
  return subject.length <= longestSubject ? subject : `${subject.slice(0, longestSubject - 1).trimEnd()}…`;
}

/** `Succeeded, Healthy`, with the best health that was seen of it; what Git did not ask for says who did. */
function outcomeOf(snapshot: Snapshot, note: SnapshotNote, colours: Colours): string {
  const { outcome, operation, left } = snapshot;
  const { reason } = operation;
  const why = reason === 'rollback' || reason === 'restore' ? ` (${reason})` : '';
  if (outcome === 'Failed') return colours.red('Failed') + why;
  if (left === true) return `Taken away${why}`;
  return `Succeeded, ${paintHealth(note.health, colours)}${why}`;
}

/** `+3 ~2 −1`; what did not happen is left out. */
function formatChanges({ added, changed, removed }: ChangeCounts): string {
  const counts = [['+', added] as const, ['~', changed] as const, ['−', removed] as const];
  return counts.flatMap(([sign, count]) => (count === 0 ? [] : [`${sign}${count}`])).join(' ');
}

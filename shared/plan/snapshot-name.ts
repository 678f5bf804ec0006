import type { ResolvedSource } from '../model/revision.ts';
import { millisecondsOf } from './timestamp.ts';

export type SnapshotNaming = {
  /** When its sync started, ISO 8601 with milliseconds. */
  readonly startedAt: string;
  readonly sources: readonly ResolvedSource[];
  /** The name of the newest snapshot so far. */
  readonly newest: string | undefined;
};

/**
 * `20261123-145150-123-3f2a1bc`: time in UTC, then the first revision. It sorts behind the newest one so far,
 * even if the clock was set back meanwhile.
 */
export function snapshotName({ startedAt, sources, newest }: SnapshotNaming): string {
  const [, date = '', time = '', milliseconds = ''] =
    /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})\.(\d{3})Z$/.exec(startedAt) ?? [];
  const own = `${date.replaceAll('-', '')}-${time.replaceAll(':', '')}-${milliseconds}`;
  const before = newest?.slice(0, own.length) ?? '';
  return `${own > before ? own : nextAfter(before)}-${revisionPart(sources)}`;
}

/** When the sync of a snapshot of that name started, in milliseconds since 1970; undefined when the name does not say. */
export function snapshotTime(name: string): number | undefined {
  const stamp = /^(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})-(\d{3})-/.exec(name);
  if (stamp === null) return undefined;
  const [, year, month, day, hour, minute, second, millisecond] = stamp;
  const start = millisecondsOf(`${year}-${month}-${day}T${hour}:${minute}:00.000Z`);
  // A name made after a clock was set back may have more than 59 seconds.
  return start === undefined ? undefined : start + Number(second) * 1_000 + Number(millisecond);
}

/** The next time stamp in the order of names; whether such a time of day exists does not matter. */
function nextAfter(stamp: string): string {
  const digits = (BigInt(stamp.replaceAll('-', '')) + 1n).toString();
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${digits.slice(14)}`;
}

function revisionPart(sources: readonly ResolvedSource[]): string {
  const first = sources.find(({ chart }) => chart === undefined) ?? sources[0];
  const revision = (first?.revision ?? 'none').toLowerCase().replace(/[^a-z0-9.]+/g, '-');
  return first?.chart === undefined ? revision.slice(0, 7) : revision.slice(0, 30);
}

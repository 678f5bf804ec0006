import type { RestoreRecord } from '../../shared/model/restore.ts';
import { describeHolder } from '../../shared/plan/describe-holder.ts';
import { formatAge } from '../duration.ts';

/** A restore that has begun and is not finished, in one line: who works on it, or how it is gone on with. */
export function describeUnfinished(record: RestoreRecord, now: Date, isUnderWay: boolean): string {
  const { cluster, startedAt, lease } = record;
  const begun = `the restore of cluster ${cluster}, begun ${formatAge(now.getTime() - Date.parse(startedAt))} ago,`;
  if (isUnderWay && lease !== undefined) return `${begun} is under way (${describeHolder(lease.holder)})`;
  return `${begun} is not finished: ${commandOf(record)} goes on with it`;
}

/** Only the same words go on with it. */
function commandOf({ cluster, asked }: RestoreRecord): string {
  const options = (['to', 'at', 'apps'] as const).flatMap((name) => {
    const value = asked[name];
    return value === undefined ? [] : [`--${name}`, quoted(value)];
  });
  return ['plumb restore cluster', quoted(cluster), ...options].join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

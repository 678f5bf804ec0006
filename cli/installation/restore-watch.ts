import { type ErrorCode, PlumbError } from '../../shared/errors.ts';
import type { Head } from '../../shared/model/head.ts';
import type { RestoreRecord, RestoreReport } from '../../shared/model/restore.ts';
import type { ObjectStore, Progress } from '../../shared/ports.ts';
import { loadRestore, loadRestoreRefusal, loadRestoreReport } from '../../shared/state/restores.ts';
import { formatElapsed } from '../duration.ts';
import { headProgress } from './head-progress.ts';

/** What is watched of a restore. */
export type AskedRestore = {
  readonly cluster: string;
  /** Under which its report is kept; or, where it goes on with one that had not ended, under which that one's is. */
  readonly ids: readonly string[];
  /** Milliseconds since 1970. */
  readonly sentAt: number;
};

/** What there is of a restore now. */
export type SeenRestore = {
  readonly record?: RestoreRecord;
  readonly report?: RestoreReport;
  readonly refused?: PlumbError;
};

/** Nothing has moved for so long: nobody works on it. */
const quietMs = 15 * 60_000;

/** Reads what there is of a restore. */
export async function lookAtRestore(store: ObjectStore, { cluster, ids }: AskedRestore): Promise<SeenRestore> {
  const [stored, reports, refusals] = await Promise.all([
    loadRestore(store, cluster),
    Promise.all(ids.map((id) => loadRestoreReport(store, cluster, id))),
    Promise.all(ids.map((id) => loadRestoreRefusal(store, cluster, id))),
  ]);
  const record = stored !== undefined && ids.includes(stored.record.id) ? stored.record : undefined;
  const report = reports.find((each) => each !== undefined);
  const refused = refusals.find((each) => each !== undefined);
  return {
    ...(record === undefined ? {} : { record }),
    ...(report === undefined ? {} : { report }),
    ...(refused === undefined ? {} : { refused: toError(refused, cluster) }),
  };
}

function toError(
  { code, message, hint }: { readonly code: string; readonly message: string; readonly hint?: string },
  cluster: string,
): PlumbError {
  return new PlumbError(code as ErrorCode, message, { object: cluster, ...(hint === undefined ? {} : { hint }) });
}

/** Follows a restore, look by look, and tells of each application what its sync tells. */
export class RestoreProgress {
  readonly #asked: AskedRestore;
  readonly #heads = new Map<string, Head>();
  #lastRecord = '';
  #movedAt: number;
  #hasBegun = false;

  constructor(asked: AskedRestore) {
    this.#asked = asked;
    this.#movedAt = asked.sentAt;
  }

  /** What is to be told of it. PlumbError `timeout` when nothing has moved for long. */
  see({ record }: SeenRestore, heads: ReadonlyMap<string, Head>, now: number): readonly Progress[] {
    const look = JSON.stringify(record);
    if (look !== this.#lastRecord && record !== undefined) this.#movedAt = now;
    this.#lastRecord = look;
    if (now - this.#movedAt > quietMs) throw notMoving(this.#asked.cluster, now - this.#asked.sentAt);
    if (record === undefined) return [];
    const news = record.chosen.flatMap(({ application }) => this.#newsOf(heads.get(application), record));
    return [...this.#begin(record), ...news];
  }

  #begin({ chosen, to }: RestoreRecord): readonly Progress[] {
    if (this.#hasBegun) return [];
    this.#hasBegun = true;
    const count = `${chosen.length} ${chosen.length === 1 ? 'application' : 'applications'}`;
    return [{ type: 'notice', level: 'info', message: `restoring ${count} to ${to}` }];
  }

  #newsOf(head: Head | undefined, { startedAt }: RestoreRecord): readonly Progress[] {
    const operation = head?.operation;
    if (head === undefined || operation?.reason !== 'restore') return [];
    // One of an earlier restore.
    if (Date.parse(operation.startedAt) < Date.parse(startedAt)) return [];
    const before = this.#heads.get(head.application);
    this.#heads.set(head.application, head);
    return before === head ? [] : headProgress(before, head);
  }
}

function notMoving(cluster: string, ms: number): PlumbError {
  return new PlumbError('timeout', `the restore of ${cluster} has not moved for long (${formatElapsed(ms)} in all)`, {
    object: cluster,
    hint: 'it may still be done: plumb list tells of it; plumb doctor --aws looks at queues, functions and dead letters',
    retryable: true,
  });
}

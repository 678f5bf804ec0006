import { randomUUID } from 'node:crypto';
import { SyncError } from '../../errors.ts';
import type { RestoreChoice, RestoreRecord } from '../../model/restore.ts';
import type { Ports } from '../../ports.ts';
import { saveRestore } from '../../state/restores.ts';
import { leaseFor } from '../sync/head-session.ts';
import type { RestorePlan } from './plan-restore.ts';

/** How often the record is renewed, so that others see that somebody works on it. */
const heartbeatMs = 10_000;

export type Holding<Result> = {
  /** What is done meanwhile; `signal` fires when the restore is lost to another process, or the caller's own does. */
  readonly work: (record: RestoreRecord, signal: AbortSignal) => Promise<Result>;
  /** True when there is nothing left to go on with. */
  readonly isFinished: (result: Result) => boolean;
  readonly signal: AbortSignal;
  /** Of the record; absent: one of its own. */
  readonly id?: string;
};

/**
 * Records a restore before anything is changed, and keeps it to this worker until the work is done: nobody repairs or syncs its
 * applications meanwhile. What dies on its way is gone on with by the same command, with the same choices.
 */
export async function holdRestore<Result>(plan: RestorePlan, ports: Ports, holding: Holding<Result>): Promise<Result> {
  const kept = new KeptRecord(ports);
  const record = await kept.begin(recordOf(plan, ports, holding.id), plan.before?.etag);
  const lost = new AbortController();
  const over = new AbortController();
  const signal = AbortSignal.any([holding.signal, lost.signal]);
  const beating = kept.beat(over.signal).catch(() => lost.abort());
  try {
    const result = await holding.work(record, signal);
    over.abort();
    await beating;
    if (lost.signal.aborted) throw lostRace(record);
    await kept.end(holding.isFinished(result) && !holding.signal.aborted);
    return result;
  } finally {
    over.abort();
    await beating;
  }
}

function recordOf(
  { cluster, target, asked, applications, before, isResumed }: RestorePlan,
  ports: Ports,
  id: string = randomUUID(),
): RestoreRecord {
  const lease = leaseFor(ports);
  const current = applications.map(({ restoration: { name, snapshot, isOlder } }) => ({
    application: name,
    snapshot: snapshot.name,
    isOlder,
  }));
  if (isResumed && before !== undefined)
    return { ...before.record, chosen: union(before.record.chosen, current), lease };
  const startedAt = ports.clock.now().toISOString();
  return { id, cluster, to: target.is.name, asked, chosen: current, startedAt, lease };
}

/** What could not be chosen at first, and can be now, is part of the restore too. */
function union(before: readonly RestoreChoice[], current: readonly RestoreChoice[]): readonly RestoreChoice[] {
  const known = new Set(before.map(({ application }) => application));
  return [...before, ...current.filter(({ application }) => !known.has(application))];
}

/** The record, moved only by compare-and-swap. */
class KeptRecord {
  readonly #ports: Ports;
  #record: RestoreRecord | undefined;
  #etag: string | undefined;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  async begin(record: RestoreRecord, etag: string | undefined): Promise<RestoreRecord> {
    this.#etag = etag;
    await this.#save(record);
    return record;
  }

  async beat(over: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    while (!over.aborted) {
      await clock.sleep(heartbeatMs, over);
      if (!over.aborted && this.#record !== undefined)
        await this.#save({ ...this.#record, lease: leaseFor(this.#ports) });
    }
  }

  /** Nobody works on it any more. */
  async end(isFinished: boolean): Promise<void> {
    if (this.#record === undefined) return;
    const { lease: _released, ...record } = this.#record;
    const finishedAt = this.#ports.clock.now().toISOString();
    await this.#save(isFinished ? { ...record, finishedAt } : record);
  }

  async #save(record: RestoreRecord): Promise<void> {
    const etag = await saveRestore(this.#ports.store, record, this.#etag);
    if (etag === undefined) throw lostRace(record);
    this.#record = record;
    this.#etag = etag;
  }
}

function lostRace({ cluster }: RestoreRecord): SyncError {
  return new SyncError('sync-locked', `another process has begun to restore ${cluster}; this one stops`, {
    object: cluster,
    hint: 'wait for the other one to end',
    retryable: true,
  });
}

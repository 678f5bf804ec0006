import type { Refused } from '../model/answered.ts';
import type { Json } from '../model/json.ts';
import type { RestoreRecord, RestoreReport } from '../model/restore.ts';
import type { ObjectStore, Ports } from '../ports.ts';
import { decode, encode, pack, unpack } from './codec.ts';
import { keys } from './keys.ts';
import { isLive } from './live-lease.ts';
import { readAll, type Unreadable } from './read-all.ts';

/** A record, and the etag that the next save has to name. */
export type StoredRestore = { readonly record: RestoreRecord; readonly etag: string };

/** The restore of a cluster's applications that is under way, or the last one; undefined: there was none. */
export async function loadRestore(store: ObjectStore, cluster: string): Promise<StoredRestore | undefined> {
  const key = keys.restore(cluster);
  const stored = await store.get(key);
  return stored === undefined ? undefined : { record: parseRecord(stored.body, key), etag: stored.etag };
}

/** Writes a record in place of the one with the etag, or as the first one; the new etag, or undefined for a lost race. */
export async function saveRestore(
  store: ObjectStore,
  record: RestoreRecord,
  etag: string | undefined,
): Promise<string | undefined> {
  const body = encode('restore', record as unknown as Json);
  const saved = await store.put(keys.restore(record.cluster), body, etag === undefined ? 'absent' : { etag });
  return saved.won ? saved.etag : undefined;
}

/** Keeps what a restore came to, once. */
export async function saveRestoreReport(store: ObjectStore, report: RestoreReport): Promise<void> {
  const body = await pack(encode('restored', report as unknown as Json));
  await store.put(keys.restoreReport(report.cluster, report.id), body, 'absent');
}

/** What a restore came to; undefined: it is not finished, or not known. */
export async function loadRestoreReport(
  store: ObjectStore,
  cluster: string,
  id: string,
): Promise<RestoreReport | undefined> {
  const key = keys.restoreReport(cluster, id);
  const stored = await store.get(key);
  if (stored === undefined) return undefined;
  return decode('restored', await unpack(stored.body, key), key) as unknown as RestoreReport;
}

/** Says to whoever waits for the report of a restore that there will be none, and why. */
export async function saveRestoreRefusal(
  store: ObjectStore,
  { cluster, id }: Pick<RestoreReport, 'cluster' | 'id'>,
  refused: Refused,
): Promise<void> {
  const body = encode('restore-refused', refused as unknown as Json);
  await store.put(keys.restoreRefusal(cluster, id), body, 'absent');
}

/** Why there will be no report of a restore; undefined: nothing is known to stand against it. */
export async function loadRestoreRefusal(
  store: ObjectStore,
  cluster: string,
  id: string,
): Promise<Refused | undefined> {
  const key = keys.restoreRefusal(cluster, id);
  const stored = await store.get(key);
  return stored && (decode('restore-refused', stored.body, key) as unknown as Refused);
}

/** True while somebody works on a restore: it is not finished, and its worker is not known to have ended. */
export function isUnderWay({ lease, finishedAt }: RestoreRecord, ports: Pick<Ports, 'clock' | 'worker'>): boolean {
  return finishedAt === undefined && lease !== undefined && isLive(lease, ports);
}

/** The names of the applications that are being restored now: nobody else is to sync them meanwhile. */
export async function applicationsBeingRestored(
  ports: Pick<Ports, 'store' | 'clock' | 'worker'>,
): Promise<ReadonlySet<string>> {
  // One that cannot be read keeps nobody from working; the restore itself will say so.
  const { found } = await readAll(ports.store, keys.restores, ({ body }, key) => parseRecord(body, key));
  const active = found.filter((record) => isUnderWay(record, ports));
  return new Set(active.flatMap(({ chosen }) => chosen.map(({ application }) => application)));
}

/** The restores that have begun and are not finished, by cluster; what cannot be read beside them. */
export async function unfinishedRestores(
  store: ObjectStore,
): Promise<{ readonly records: readonly RestoreRecord[]; readonly unreadable: readonly Unreadable[] }> {
  const { found, unreadable } = await readAll(store, keys.restores, ({ body }, key) => parseRecord(body, key));
  return { records: found.filter(({ finishedAt }) => finishedAt === undefined), unreadable };
}

/** The snapshots that restores which are not finished have chosen; what cannot be read beside them. */
export async function snapshotsOfRestores(
  store: ObjectStore,
): Promise<{ readonly names: ReadonlySet<string>; readonly unreadable: readonly Unreadable[] }> {
  const { records, unreadable } = await unfinishedRestores(store);
  return { names: new Set(records.flatMap(({ chosen }) => chosen.map(({ snapshot }) => snapshot))), unreadable };
}

function parseRecord(body: Uint8Array, key: string): RestoreRecord {
  return decode('restore', body, key) as unknown as RestoreRecord;
}

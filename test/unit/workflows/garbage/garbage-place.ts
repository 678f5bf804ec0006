import type { Head } from '../../../../shared/model/head.ts';
import type { Render } from '../../../../shared/model/render.ts';
import type { Snapshot } from '../../../../shared/model/snapshot.ts';
import type { ObjectStore, Ports } from '../../../../shared/ports.ts';
import { loadHead, saveHead } from '../../../../shared/state/heads.ts';
import { saveRender } from '../../../../shared/state/renders.ts';
import { saveSnapshot } from '../../../../shared/state/snapshots.ts';
import { aHeadOf, aRenderOf, aSnapshot } from '../../../support/snapshots.ts';

export const hour: number = 60 * 60 * 1000;
export const day: number = 24 * hour;
export const now: number = Date.parse('2026-06-01T12:00:00Z');

export type GcPorts = Pick<Ports, 'store' | 'clock' | 'worker'>;

/** The ports of a collector at a time in milliseconds; its worker takes no other one for dead. */
export function portsAt(store: ObjectStore, at: number = now): GcPorts {
  return {
    store,
    clock: { now: () => new Date(at), sleep: async () => {} },
    worker: { id: 'collector', hasEnded: () => false },
  };
}

/** The render of the snapshot of so many days ago. */
export function renderOfDay(daysAgo: number): Render {
  return aRenderOf(`of ${daysAgo} days ago`);
}

/** A healthy snapshot of so many days ago. */
export function snapshotOfDay(daysAgo: number, given: Parameters<typeof aSnapshot>[0] = {}): Snapshot {
  const at = new Date(now - daysAgo * day).toISOString();
  return aSnapshot({ at, renderDigest: renderOfDay(daysAgo).digest, ...given });
}

/** Saves snapshots with their renders. */
export async function shelve(store: ObjectStore, snapshots: readonly Snapshot[]): Promise<void> {
  for (const snapshot of snapshots) await saveSnapshot(store, snapshot);
  const digests = new Set(snapshots.map(({ renderDigest }) => renderDigest));
  for (let daysAgo = 0; daysAgo < 100; daysAgo += 1) {
    const render = renderOfDay(daysAgo);
    if (digests.has(render.digest)) await saveRender(store, 'default', render);
  }
}

/** An application with a snapshot for each of these days, oldest first, each noted in its head. */
export async function addApplication(
  store: ObjectStore,
  {
    of = 'shop',
    days,
    head = {},
  }: { readonly of?: string; readonly days: readonly number[]; readonly head?: Partial<Head> },
): Promise<readonly Snapshot[]> {
  const snapshots = days.map((daysAgo) => snapshotOfDay(daysAgo, { of }));
  await shelve(store, snapshots);
  await saveHead(store, aHeadOf(snapshots, head), 'absent');
  return snapshots;
}

/** Changes a head as another process does. */
export async function changeHead(store: ObjectStore, application: string, change: (head: Head) => Head): Promise<void> {
  const stored = await loadHead(store, application);
  if (stored === undefined) throw new Error(`${application} has no head`);
  await saveHead(store, change(stored.head), stored.etag);
}

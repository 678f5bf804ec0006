import { describe, expect, it } from '@jest/globals';
import type { RestoreRecord, RestoreReport } from '../../../shared/model/restore.ts';
import type { ObjectStore } from '../../../shared/ports.ts';
import { keys } from '../../../shared/state/keys.ts';
import {
  applicationsBeingRestored,
  loadRestore,
  loadRestoreReport,
  saveRestore,
  saveRestoreReport,
  unfinishedRestores,
} from '../../../shared/state/restores.ts';
import { useFolderStores } from './folder-place.ts';

const openStore = useFolderStores();

const now = new Date('2026-11-23T15:00:00Z');
const lease = { holder: 'alive', until: '2026-11-23T15:01:00Z' };
const record: RestoreRecord = {
  id: 'r1',
  cluster: 'prod',
  to: 'standby',
  asked: { to: 'standby' },
  chosen: [{ application: 'shop', snapshot: '20261123-145150-123-3f2a1bc', isOlder: false }],
  startedAt: '2026-11-23T14:59:00Z',
  lease,
};

function active(store: ObjectStore): Promise<ReadonlySet<string>> {
  const clock = { now: () => now, sleep: async () => {} };
  const worker = { id: 'other', hasEnded: (holder: string) => holder === 'dead' };
  return applicationsBeingRestored({ store, clock, worker });
}

describe('The record of a restore', () => {
  it('is read as it was written, and moves only by compare-and-swap', async () => {
    const store = await openStore();
    expect(await loadRestore(store, 'prod')).toBeUndefined();
    const etag = await saveRestore(store, record, undefined);
    expect(await loadRestore(store, 'prod')).toEqual({ record, etag });
    expect(await saveRestore(store, { ...record, id: 'r2' }, undefined)).toBeUndefined();
    expect(await saveRestore(store, { ...record, id: 'r2' }, etag)).toBeDefined();
    expect(await saveRestore(store, { ...record, id: 'r3' }, etag)).toBeUndefined();
    expect((await loadRestore(store, 'prod'))?.record.id).toBe('r2');
  });

  const cases: readonly (readonly [string, Partial<RestoreRecord>, readonly string[]])[] = [
    ['its worker lives', {}, ['shop']],
    ['its worker has ended', { lease: { ...lease, holder: 'dead' } }, []],
    ['its worker has been silent for too long', { lease: { ...lease, until: '2026-11-23T14:59:59Z' } }, []],
    ['it is finished', { finishedAt: '2026-11-23T14:59:30Z' }, []],
  ];
  it.each(cases)('keeps its applications to itself, or not, when %s', async (_when, more, names) => {
    const store = await openStore();
    await saveRestore(store, { ...record, ...more }, undefined);
    expect([...(await active(store))]).toEqual(names);
  });

  it('is among those that are not finished until it is', async () => {
    const store = await openStore();
    await saveRestore(store, record, undefined);
    await saveRestore(store, { ...record, cluster: 'dev', finishedAt: '2026-11-23T14:59:30Z' }, undefined);
    expect((await unfinishedRestores(store)).records).toEqual([record]);
  });

  it('keeps nobody from working when it cannot be read, and says so to who asks for it', async () => {
    const store = await openStore();
    await saveRestore(store, record, undefined);
    await store.put(keys.restore('broken'), new Uint8Array([1, 2, 3]));
    expect([...(await active(store))]).toEqual(['shop']);
    await expect(loadRestore(store, 'broken')).rejects.toMatchObject({ code: 'store-corrupt' });
  });
});

it('The report of a restore is written once', async () => {
  const store = await openStore();
  const report: RestoreReport = {
    id: 'r1',
    cluster: 'prod',
    to: 'prod',
    asked: {},
    startedAt: record.startedAt,
    finishedAt: now.toISOString(),
    applications: [],
    leftOut: [],
    verified: { byDryRun: 0, byMetadata: 0, unknown: 0 },
  };
  await saveRestoreReport(store, report);
  await saveRestoreReport(store, { ...report, to: 'other' });
  expect(await loadRestoreReport(store, 'prod', 'r1')).toEqual(report);
  expect(await loadRestoreReport(store, 'prod', 'r2')).toBeUndefined();
});

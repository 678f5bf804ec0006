import { describe, expect, it } from '@jest/globals';
import { runCheck } from '../../../../cli/doctor/check-result.ts';
import { storeCheck } from '../../../../cli/doctor/store-check.ts';
import type { ObjectStore } from '../../../../shared/ports.ts';
import { MemoryStore } from '../../../support/model/memory-store.ts';

const worker = { id: 'me', hasEnded: () => false };

function heedless(ignored: 'absent' | 'etag'): ObjectStore {
  const store = new MemoryStore();
  return {
    get: (key) => store.get(key),
    list: (prefix) => store.list(prefix),
    entries: (prefix) => store.entries(prefix),
    delete: (key) => store.delete(key),
    put: (key, body, condition) =>
      store.put(key, body, ignored === (condition === 'absent' ? 'absent' : 'etag') ? undefined : condition),
  };
}

describe('the check of the store', () => {
  it('is passed by a store that keeps writers apart, and leaves nothing in it', async () => {
    const store = new MemoryStore();
    expect(await runCheck(storeCheck({ store, worker }, 's3://state'))).toEqual({
      check: 'state',
      ok: true,
      detail: 's3://state can be written',
    });
    expect(await store.list('')).toEqual([]);
  });

  it.each([
    ['If-None-Match', 'absent', 's3://state', 'use a bucket of Amazon S3 itself'],
    ['If-Match', 'etag', 's3://state', 'use a bucket of Amazon S3 itself'],
    ['either', 'etag', '/mnt/state', 'put --store on a local file system'],
  ] as const)('is failed by a store that does not heed %s', async (_, ignored, place, hint) => {
    const store = heedless(ignored);
    expect(await runCheck(storeCheck({ store, worker }, place))).toMatchObject({
      ok: false,
      detail: `${place} does not keep two writers apart`,
      hint: expect.stringContaining(hint),
    });
    expect(await store.list('')).toEqual([]);
  });
});

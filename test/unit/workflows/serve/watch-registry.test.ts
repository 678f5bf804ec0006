import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FolderStore } from '../../../../shared/adapters/local/folder-store.ts';
import { localWorker } from '../../../../shared/adapters/local/worker.ts';
import type { ObjectStore } from '../../../../shared/ports.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { watchRegistry } from '../../../../shared/workflows/serve/watch-registry.ts';

let folder: string;
let store: ObjectStore;
let changes: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-watch-'));
  changes = 0;
  store = watchRegistry(new FolderStore(folder, localWorker()), () => {
    changes += 1;
  });
});
afterEach(() => rm(folder, { recursive: true }));

const key = keys.declaredApplication('default', 'shop');
const body = Buffer.from('{}');

describe('A store whose registry is watched', () => {
  it('tells of each declaration that was written or removed', async () => {
    await store.put(key, body);
    expect(changes).toBe(1);
    await store.delete(key);
    expect(changes).toBe(2);
  });

  it('tells nothing of a write that lost its race, of reading, and of all else in the store', async () => {
    await store.put(key, body);
    expect(await store.put(key, body, 'absent')).toEqual({ won: false });
    expect((await store.get(key))?.body).toEqual(body);
    expect(await store.list(keys.registry)).toEqual([key]);
    await store.put(keys.head('shop'), body);
    await store.delete(keys.head('shop'));
    expect(changes).toBe(1);
  });
});

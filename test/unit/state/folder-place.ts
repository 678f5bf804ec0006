import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { FolderStore } from '../../../shared/adapters/local/folder-store.ts';
import { localWorker } from '../../../shared/adapters/local/worker.ts';

/** A real store in a folder of its own for each test that asks; all are removed at the end of the file. */
export function useFolderStores(): () => Promise<FolderStore> {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumb-state-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  return async () => new FolderStore(await mkdtemp(join(folder, 's-')), localWorker());
}

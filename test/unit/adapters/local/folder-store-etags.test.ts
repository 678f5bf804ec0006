import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { etagOf, FolderEtags } from '../../../../shared/adapters/local/folder-store-etags.ts';

describe('the etag of a file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumb-etags-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    ['is kept at once', -1_000],
    ['is not kept yet', 60_000],
  ])('that %s follows what others write', async (_, restMs) => {
    const etags = new FolderEtags(restMs);
    const file = join(folder, 'a.json');
    expect(await etags.of(file)).toBeUndefined();
    for (const text of ['1', '22', '33']) {
      await writeFile(join(folder, 'aside'), text);
      await rename(join(folder, 'aside'), file);
      expect([await etags.of(file), await etags.of(file)]).toEqual([
        etagOf(Buffer.from(text)),
        etagOf(Buffer.from(text)),
      ]);
    }
    await rm(file);
    expect(await etags.of(file)).toBeUndefined();
  });
});

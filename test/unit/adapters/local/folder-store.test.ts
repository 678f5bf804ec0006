import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FolderStore } from '../../../../shared/adapters/local/folder-store.ts';
import { unusable } from '../../../../shared/adapters/local/folder-store-errors.ts';
import { lockNameOf } from '../../../../shared/adapters/local/folder-store-lock.ts';
import { localWorker } from '../../../../shared/adapters/local/worker.ts';

const body = Buffer.from('{"a":1}\n');

describe('the store in a folder', () => {
  let folder: string;
  let store: FolderStore;
  const worker = localWorker();

  /** The id of a process like this one that has ended. */
  const ended = worker.id.replace(/:\d+:/, ':4194304:');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumb-folder-'));
    store = new FolderStore(folder, worker);
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('keeps each object as a plain file at its key, and nothing else behind', async () => {
    await store.put('heads/shop.json', body);
    await store.put('heads/shop.json', body, 'absent');
    expect(await readFile(join(folder, 'heads/shop.json'))).toEqual(body);
    expect((await readdir(folder, { recursive: true })).sort()).toEqual([
      '.locks',
      '.writing',
      'heads',
      'heads/shop.json',
    ]);
  });

  it('is for its owner alone: renders may hold the Secrets of a repository', async () => {
    await store.put('renders/default/a.json.gz', body);
    const modes = await Promise.all(
      ['renders', 'renders/default', 'renders/default/a.json.gz'].map(
        async (path) => (await stat(join(folder, path))).mode & 0o777,
      ),
    );
    expect(modes).toEqual([0o700, 0o700, 0o600]);
  });

  it('makes no folder before the first write', async () => {
    const unused = new FolderStore(join(folder, 'unused'), worker);
    await unused.get('a');
    await unused.list('');
    await unused.delete('a');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(['', '/', '/a', 'a/', 'a//b', '..', '../a', 'a/../../b', '.', './a', '.locks/a', 'a/.b', 'a\\b', 'a\0b'])(
    'refuses the key %j',
    async (key) => {
      const refusal = { code: 'store-unusable', message: expect.stringContaining('cannot be a key of the store') };
      await expect(store.get(key)).rejects.toMatchObject(refusal);
      await expect(store.put(key, body)).rejects.toMatchObject(refusal);
      await expect(store.delete(key)).rejects.toMatchObject(refusal);
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('removes what an ended writer left, and goes through the lock that it died in', async () => {
    await store.put('heads/shop.json', body);
    await leaveLockOf('heads/shop.json', ended);
    await writeFile(join(folder, '.writing', `${ended}.1`), 'half an obj');
    await mkdir(join(folder, '.locks', `${ended}.2`));
    const next = new FolderStore(folder, worker);
    expect(await next.put('heads/web.json', body)).toMatchObject({ won: true });
    expect(await next.put('heads/shop.json', body)).toMatchObject({ won: true });
    expect(await readdir(join(folder, '.writing'))).toEqual([]);
    expect(await readdir(join(folder, '.locks'))).toEqual([]);
  });

  it('breaks the lock of a process that ends while it is waited for', async () => {
    let hasEnded = false;
    const watching = new FolderStore(folder, {
      id: worker.id,
      hasEnded: (holder) => holder === ended && hasEnded,
    });
    await watching.put('heads/shop.json', body);
    await leaveLockOf('heads/shop.json', ended);
    const waiting = watching.put('heads/shop.json', Buffer.from('new'));
    await watching.put('heads/web.json', body);
    expect((await watching.get('heads/shop.json'))?.body).toEqual(body);
    hasEnded = true;
    expect(await waiting).toMatchObject({ won: true });
  });

  it('leaves alone what a living writer has under way', async () => {
    await mkdir(join(folder, '.writing'), { recursive: true });
    await writeFile(join(folder, '.writing', `${localWorker().id}.1`), 'half');
    await store.put('a', body);
    expect(await readdir(join(folder, '.writing'))).toHaveLength(1);
  });

  it('knows the etags of files that it has listed, as long as they are the same', async () => {
    const file = join(folder, 'heads/shop.json');
    const { etag } = (await store.put('heads/shop.json', body)) as { readonly etag: string };
    expect(await store.entries('heads/')).toEqual([{ key: 'heads/shop.json', etag }]);
    await writeFile(file, '{"a":2}\n');
    const changed = (await store.get('heads/shop.json'))?.etag;
    expect(await store.entries('heads/')).toEqual([{ key: 'heads/shop.json', etag: changed }]);
  });

  it('goes on after its folder was removed', async () => {
    await store.put('heads/shop.json', body);
    await rm(folder, { recursive: true });
    await expect(store.put('heads/shop.json', body)).rejects.toMatchObject({ code: 'store-unusable' });
    expect(await store.put('heads/shop.json', body, 'absent')).toMatchObject({ won: true });
  });

  it('says what to do when the folder cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    const blocked = new FolderStore(join(folder, 'file', 'state'), worker);
    const error = { code: 'store-unusable', hint: expect.stringContaining('A file is where a folder is needed') };
    await expect(blocked.put('a', body)).rejects.toMatchObject(error);
    await expect(blocked.get('a')).rejects.toMatchObject(error);
    await expect(blocked.list('')).rejects.toMatchObject(error);
  });

  it.each([
    ['ENOSPC', 'Free some space'],
    ['EDQUOT', 'quota'],
    ['EROFS', 'read-only'],
    ['EACCES', 'Give this user the right'],
    ['EIO', 'check it before anything else'],
    ['EXXX', 'Check that folder'],
  ])('says what to do on %s', (code, hint) => {
    const error = unusable('write heads/shop.json', '/state', Object.assign(new Error(`${code}: failed`), { code }));
    expect(error).toMatchObject({
      code: 'store-unusable',
      message: `Cannot write heads/shop.json in the state folder /state: ${code}: failed`,
      hint: expect.stringContaining(hint),
    });
  });

  /** Leaves the lock of a key as a process that holds it does. */
  async function leaveLockOf(key: string, holder: string): Promise<void> {
    const lock = join(folder, '.locks', lockNameOf(key));
    await mkdir(lock, { recursive: true });
    await writeFile(join(lock, `${holder}.1`), '');
  }
});

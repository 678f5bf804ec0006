import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FolderStore } from '../../shared/adapters/local/folder-store.ts';
import { localWorker } from '../../shared/adapters/local/worker.ts';
import type { StoreOutcomes } from '../support/store-process.ts';

const script = join(import.meta.dirname, '../support/store-process.ts');
const shop = Buffer.from('{"a":1}\n');
const nobody = '65534';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'plumb-trouble-'));
  folder = join(parent, 'store');
  await new FolderStore(folder, localWorker()).put('heads/shop.json', shop);
});
afterEach(async () => {
  await changeModes(0o700, 0o600);
  await rm(parent, { recursive: true, force: true });
});

/** The calls of a process of its own, under limits of the shell, and by somebody who is not root. */
async function callsUnder(limit: string, uid = ''): Promise<StoreOutcomes> {
  const line = `${limit}\nexec "$0" "$@"`;
  const words = ['-c', line, process.execPath, '--disable-warning=ExperimentalWarning', script, folder, uid];
  const { stdout } = await promisify(execFile)('bash', words, { env: { PATH: process.env['PATH'] } });
  return JSON.parse(stdout) as StoreOutcomes;
}

async function changeModes(folders: number, files: number): Promise<void> {
  await chmod(parent, 0o755);
  const paths = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const each of paths) await chmod(join(each.parentPath, each.name), each.isDirectory() ? folders : files);
  await chmod(folder, folders).catch(() => undefined);
}

const refusal = (tried: string, why: RegExp, hint: RegExp): object => ({
  code: 'store-unusable',
  message: expect.stringMatching(new RegExp(`^Cannot ${tried} in the state folder .*/store: ${why.source}`)),
  hint: expect.stringMatching(hint),
});

describe('a state folder that takes nothing more', () => {
  it('says so at each write; what was stored is still there, and nothing half-written is left', async () => {
    const [why, hint] = [/EFBIG/, /ulimit -f/];
    expect(await callsUnder('ulimit -f 0')).toEqual({
      read: 'ok',
      list: 'ok',
      make: refusal('write heads/new.json', why, hint),
      replace: refusal('write heads/shop.json', why, hint),
      remove: 'ok',
    });
    expect(await readdir(join(folder, '.writing'))).toEqual([]);
    expect(await readdir(join(folder, '.locks'))).toEqual([]);
  });
});

describe('a state folder that may only be read', () => {
  it('is read, and says at each write what right is missing', async () => {
    await changeModes(0o555, 0o444);
    const [why, hint] = [/EACCES/, /right to read and write/];
    expect(await callsUnder('', nobody)).toEqual({
      read: 'ok',
      list: 'ok',
      make: refusal('write heads/new.json', why, hint),
      replace: refusal('write heads/shop.json', why, hint),
      remove: refusal('delete heads/shop.json', why, hint),
    });
    expect(await readFile(join(folder, 'heads/shop.json'))).toEqual(shop);
  });
});

describe('a state folder that may not even be read', () => {
  it('is an error, not an empty store', async () => {
    await changeModes(0o311, 0o200);
    const outcomes = await callsUnder('', nobody);
    const [why, hint] = [/EACCES/, /right to read and write/];
    expect(outcomes.read).toEqual(refusal('read heads/shop.json', why, hint));
    expect(outcomes.list).toEqual(refusal('list heads/', why, hint));
  });
});

describe('a state folder that is a file', () => {
  it('is an error at each call, and the file is left alone', async () => {
    await rm(folder, { recursive: true });
    await writeFile(folder, 'notes');
    const [why, hint] = [/ENOTDIR|EEXIST/, /A file is where a folder is needed/];
    expect(await callsUnder('')).toEqual({
      read: refusal('read heads/shop.json', why, hint),
      list: refusal('list heads/', why, hint),
      make: refusal('write heads/new.json', why, hint),
      replace: refusal('write heads/shop.json', why, hint),
      remove: refusal('delete heads/shop.json', why, hint),
    });
    expect(await readFile(folder, 'utf8')).toBe('notes');
  });
});

describe('a folder in the place of an object', () => {
  it('is an error for that object alone', async () => {
    await mkdir(join(folder, 'heads/web.json'));
    const store = new FolderStore(folder, localWorker());
    const [why, hint] = [/(Error: )?EISDIR/, /A folder is where a file is needed/];
    await expect(store.get('heads/web.json')).rejects.toMatchObject(refusal('read heads/web.json', why, hint));
    await expect(store.put('heads/web.json', shop)).rejects.toMatchObject({ code: 'store-unusable' });
    expect(await store.list('heads/')).toEqual(['heads/shop.json']);
    expect((await store.get('heads/shop.json'))?.body).toEqual(shop);
  });
});

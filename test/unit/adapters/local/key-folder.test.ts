import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { concealForNow } from '../../../../shared/adapters/local/conceal.ts';
import { createKeyFolder } from '../../../../shared/adapters/local/key-folder.ts';
import { revealSecret } from '../../../../shared/model/secret-value.ts';
import type { KeyFile } from '../../../../shared/secret-ports.ts';
import { failureOf } from '../../../support/failure-of.ts';

const conceal = concealForNow();
const files = createKeyFolder({ conceal });
const fileOf = (name: string, text: string): KeyFile => ({ name, content: conceal(Buffer.from(text)) });
const textsOf = (read: readonly KeyFile[]): readonly string[] =>
  read.map(({ content }) => Buffer.from(revealSecret(content)).toString());
let scratch: string;
let folder: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'plumb-keys-'));
  folder = join(scratch, 'deep', 'keys');
});
afterEach(async () => rm(scratch, { recursive: true, force: true }));

describe('key files in a folder', () => {
  it('come back as they were added, in order of their names, and nobody else can read them', async () => {
    await files.add({ type: 'folder', path: folder }, fileOf('b.pem', 'two'));
    await files.add({ type: 'folder', path: folder }, fileOf('a.pem', 'one'));
    const read = await files.read({ type: 'folder', path: folder });
    expect(textsOf(read)).toEqual(['one', 'two']);
    expect(read.map(({ name }) => name)).toEqual([join(folder, 'a.pem'), join(folder, 'b.pem')]);
    expect((await stat(join(folder, 'a.pem'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('are never replaced', async () => {
    await files.add({ type: 'folder', path: folder }, fileOf('a.pem', 'one'));
    const error = await failureOf(files.add({ type: 'folder', path: folder }, fileOf('a.pem', 'two')));
    expect(error).toMatchObject({ code: 'secret-refused', message: expect.stringContaining('it is there already') });
    expect(textsOf(await files.read({ type: 'folder', path: folder }))).toEqual(['one']);
  });

  it('do not leave it, whatever they are called', async () => {
    await files.add({ type: 'folder', path: folder }, fileOf('../../a.pem', 'one'));
    expect(textsOf(await files.read({ type: 'folder', path: folder }))).toEqual(['one']);
  });

  it('are refused when others can read one of them', async () => {
    await files.add({ type: 'folder', path: folder }, fileOf('a.pem', 'one'));
    await chmod(join(folder, 'a.pem'), 0o640);
    expect(await failureOf(files.read({ type: 'folder', path: folder }))).toMatchObject({
      code: 'secret-refused',
      message: `Key file ${folder}/a.pem: others than its owner can read it`,
      hint: `run: chmod 600 ${folder}/a.pem`,
    });
  });

  it('do not count hidden files and folders below', async () => {
    await mkdir(join(folder, 'below'), { recursive: true });
    await writeFile(join(folder, '.hidden'), 'x');
    expect(await files.read({ type: 'folder', path: folder })).toEqual([]);
  });

  it('that are not there are an error with the path', async () => {
    const source = { type: 'folder', path: folder } as const;
    expect((await failureOf(files.read(source))).message).toBe(
      `Key file ${folder}: cannot read it: there is no such file or folder`,
    );
  });
});

describe('a single key file', () => {
  it('is read and added by its path', async () => {
    const source = { type: 'file', path: join(scratch, 'key.pem') } as const;
    await files.add(source, fileOf('ignored', 'one'));
    expect(textsOf(await files.read(source))).toEqual(['one']);
  });
});

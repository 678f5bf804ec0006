import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { searchFolder } from '../../demo/leak-search.ts';

const value = 'pa5s-W0rd_of/the+tests';
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-search-'));
});
afterEach(() => rm(folder, { recursive: true }));

const written: readonly (readonly [string, string | Uint8Array])[] = [
  ['as it is', `password=${value}\n`],
  ['in base64', Buffer.from(value).toString('base64')],
  ['in base64 after one byte', Buffer.from(`x${value}y`).toString('base64')],
  ['in base64 after two bytes', Buffer.from(`xx${value}yyy`).toString('base64')],
  ['in base64 for URLs', Buffer.from(`x${value}`).toString('base64url')],
  ['in hexadecimal', Buffer.from(value).toString('hex')],
  ['in a URL', `https://example.com/?p=${encodeURIComponent(value)}`],
  ['backwards', [...value].reverse().join('')],
  ['among bytes', Buffer.concat([Buffer.alloc(100, 255), Buffer.from(value), Buffer.alloc(100, 255)])],
];

describe('The search for values', () => {
  it.each(written)('finds one that is written %s', async (_, content) => {
    await mkdir(join(folder, 'a/b'), { recursive: true });
    await writeFile(join(folder, 'a/b/file'), content);
    expect(await searchFolder(folder, [value])).toMatchObject({ files: 1, hits: [join(folder, 'a/b/file')] });
  });

  it('finds one in a file that is packed', async () => {
    await writeFile(join(folder, 'head.json.gz'), gzipSync(`{"password":"${value}"}`));
    expect((await searchFolder(folder, [value])).hits).toHaveLength(1);
  });

  it('finds nothing in a part of one, and nothing where there is none', async () => {
    await writeFile(join(folder, 'part'), value.slice(1));
    await writeFile(join(folder, 'empty.gz'), '');
    expect(await searchFolder(folder, [value])).toMatchObject({ files: 2, hits: [] });
  });
});

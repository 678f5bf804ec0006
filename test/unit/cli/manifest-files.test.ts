import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readManifestFiles } from '../../../cli/manifest-files.ts';
import { createTestShell } from './test-shell.ts';

const files = {
  'apps/shop.yaml': 'apiVersion: argoproj.io/v1alpha1',
  'apps/deep/er/pay.yml': 'apiVersion: argoproj.io/v1alpha1',
  'apps/list.json': '{"apiVersion":"argoproj.io/v1alpha1"}',
  'apps/values.yaml': 'replicas: 2',
  'apps/.git/config.yaml': 'apiVersion: argoproj.io/v1alpha1',
  'apps/.hidden.yaml': 'apiVersion: argoproj.io/v1alpha1',
  'apps/README.md': 'argoproj.io',
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-test-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
});
afterAll(() => rm(folder, { recursive: true }));

const read = async (...paths: string[]): Promise<readonly string[]> =>
  (await readManifestFiles(paths, createTestShell({ folder, stdin: 'from stdin' }))).map(({ file }) => file);

describe('--filename', () => {
  it('finds what may declare something below a folder, in order, without hidden files', async () => {
    expect(await read('apps')).toEqual(['apps/deep/er/pay.yml', 'apps/list.json', 'apps/shop.yaml']);
  });

  it('takes a named file whatever it says', async () => {
    expect(await read('apps/values.yaml')).toEqual(['apps/values.yaml']);
  });

  it('reads stdin and several paths', async () => {
    expect(await read('-', 'apps/shop.yaml')).toEqual(['stdin', 'apps/shop.yaml']);
  });

  it('says which path is not there', async () => {
    await expect(read('app')).rejects.toThrow('--filename: app cannot be read: there is no such file or folder');
  });
});

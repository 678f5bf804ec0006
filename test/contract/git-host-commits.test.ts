import { mkdir, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommitTree } from '../../shared/ports.ts';
import { failureOf, type GitHostBed, startGitHostBed } from './git-host-bed.ts';

let bed: GitHostBed;
let url: string;
let first: string;
let second: string;

const lines = (mark: string): string =>
  Array.from({ length: 200 }, (_, line) => `key${line}: ${mark}${line * 7}\n`).join('');
const files = Object.fromEntries(
  Array.from({ length: 40 }, (_, app) => [`apps/app-${app}/values.yaml`, lines(`${app}-`)]),
);

beforeAll(async () => {
  bed = await startGitHostBed();
  url = bed.server.url('commits');
  first = await bed.server.createRepository('commits', files);
  second = await bed.server.commit('commits', {
    files: { 'apps/app-7/values.yaml': `${lines('7-')}more: true\n` },
    message: 'Add more\n\nWith a body.',
    author: 'Grace <grace@example.com>',
    date: new Date('2026-01-02T03:04:05Z'),
  });
});

afterAll(() => bed.stop());
beforeEach(() => bed.server.forgetRequests());

const text = async (tree: CommitTree, path: string): Promise<string> => Buffer.from(await tree.read(path)).toString();

/** The packs that hold a kept commit, by name. */
async function packSizes(folder: string, sha: string): Promise<ReadonlyMap<string, number>> {
  const [repository = ''] = await readdir(folder);
  const packs = join(folder, repository, sha, 'objects/pack');
  const names = (await readdir(packs)).filter((name) => name.endsWith('.pack'));
  return new Map(await Promise.all(names.map(async (name) => [name, (await stat(join(packs, name))).size] as const)));
}

async function expectSameFiles(tree: CommitTree, name: string): Promise<void> {
  const listed = await tree.list('', { recurse: true });
  const said = await bed.server.git(name, 'ls-tree', '-r', '-t', tree.commit.sha);
  const expected = said.split('\n').map((line) => [line.split('\t')[1], line.split(/\s/)[2]]);
  expect(listed.map(({ path, oid }) => [path, oid]).sort()).toEqual(expected.sort());
  for (const { path, type } of listed) if (type === 'file') await tree.read(path);
}

describe('GitHost.openCommit', () => {
  it('fetches one commit with one request, and says who wrote what when', async () => {
    const tree = await (await bed.host()).openCommit(url, { sha: second });
    expect(bed.asked()).toEqual(['POST upload-pack']);
    expect(tree.commit).toEqual({
      sha: second,
      author: 'Grace <grace@example.com>',
      subject: 'Add more',
      time: '2026-01-02T03:04:05.000Z',
    });
    await expectSameFiles(tree, 'commits');
  });

  it('fetches nothing when the commit is kept, also in a later process', async () => {
    const folder = await bed.folder();
    await (await bed.host({ folder })).openCommit(url, { sha: first });
    bed.server.forgetRequests();
    await (await bed.host({ folder })).openCommit(url, { sha: first });
    await (await bed.host({ folder })).openCommit(url.replace('.git', '/'), { sha: first.toUpperCase() });
    expect(bed.asked()).toEqual([]);
  });

  it.each([
    ['forward', () => [first, second] as const],
    ['back', () => [second, first] as const],
  ])('moves %s with a pack of only what is new', async (_, shas) => {
    const folder = await bed.folder();
    const host = await bed.host({ folder });
    const [from, to] = shas();
    await host.openCommit(url, { sha: from });
    const tree = await host.openCommit(url, { sha: to });
    await expectSameFiles(tree, 'commits');
    const [before, after] = [await packSizes(folder, from), await packSizes(folder, to)];
    const sizes = [...after].flatMap(([name, size]) => (before.has(name) ? [] : [size]));
    expect(sizes).toHaveLength(1);
    expect(sizes[0]).toBeLessThan(Math.max(...before.values()) / 5);
  });

  it('stays right over a long row of pushes, a force push and another branch', async () => {
    await bed.server.createRepository('row', files);
    const host = await bed.host();
    for (let push = 0; push < 35; push += 1) {
      const change = {
        [`apps/app-${push % 7}/values.yaml`]: lines(`push ${push} `),
        [`new/${push}.yaml`]: lines('same'),
      };
      const sha = await bed.server.commit('row', {
        files: change,
        remove: [`new/${push - 2}.yaml`].filter(() => push > 2),
      });
      const tree = await host.openCommit(bed.server.url('row'), { sha });
      expect(await text(tree, `apps/app-${push % 7}/values.yaml`)).toBe(lines(`push ${push} `));
    }
    await bed.server.git('row', 'update-ref', 'refs/heads/main', 'refs/heads/main~20');
    const forced = await bed.server.commit('row', { files: { 'forced.yaml': 'a: 1\n' } });
    await expectSameFiles(await host.openCommit(bed.server.url('row'), { sha: forced }), 'row');
    const orphan = await bed.server.commit('row', { branch: 'other', files: { 'only.yaml': lines('same') } });
    await expectSameFiles(await host.openCommit(bed.server.url('row'), { sha: orphan }), 'row');
  }, 60_000);

  it('reads what was taken back, again and again: no file is read in a circle of differences', async () => {
    const folder = await bed.folder();
    await bed.server.createRepository('back');
    for (let push = 0; push < 8; push += 1) {
      const content = `${lines('same ')}${push % 2 === 0 ? '' : 'more: true\n'}`;
      const sha = await bed.server.commit('back', { files: { 'a.yaml': content, 'push.yaml': `${push}` } });
      const tree = await (await bed.host({ folder })).openCommit(bed.server.url('back'), { sha });
      expect(await text(tree, 'a.yaml')).toBe(content);
    }
  }, 20_000);

  it('opens a commit whose branch was moved or deleted meanwhile', async () => {
    const gone = await bed.server.commit('commits', { branch: 'gone', from: first, files: { 'gone.yaml': 'a: 1\n' } });
    await bed.server.git('commits', 'branch', '-D', 'gone');
    const tree = await (await bed.host()).openCommit(url, { sha: gone, ref: 'refs/heads/gone' });
    expect(await text(tree, 'gone.yaml')).toBe('a: 1\n');
  });

  it('opens the commit behind an annotated tag', async () => {
    await bed.server.tag('commits', 'annotated', { target: first, message: 'tag' });
    const sha = await bed.server.git('commits', 'rev-parse', 'refs/tags/annotated');
    const tree = await (await bed.host()).openCommit(url, { sha });
    expect(tree.commit.sha).toBe(first);
  });

  it('finds an abbreviated SHA in history, and next time among the kept', async () => {
    const host = await bed.host();
    expect((await host.openCommit(url, { sha: first.slice(0, 7) })).commit.sha).toBe(first);
    bed.server.forgetRequests();
    expect((await host.openCommit(url, { sha: first.slice(0, 9) })).commit.sha).toBe(first);
    expect(bed.asked()).toEqual([]);
  });

  it('finds an abbreviated SHA where the host cannot leave files out', async () => {
    await bed.server.git('commits', 'config', 'uploadpack.allowFilter', 'false');
    const tree = await (await bed.host()).openCommit(url, { sha: first.slice(0, 7) });
    await bed.server.git('commits', 'config', 'uploadpack.allowFilter', 'true');
    expect(tree.commit.sha).toBe(first);
  });

  it('shares one fetch among all who open the same commit at once', async () => {
    const host = await bed.host();
    const trees = await Promise.all(Array.from({ length: 20 }, () => host.openCommit(url, { sha: second })));
    expect(bed.asked()).toEqual(['POST upload-pack']);
    expect(new Set(trees.map(({ commit }) => commit.sha))).toEqual(new Set([second]));
  });

  it('lets several processes fetch into one folder at once', async () => {
    const folder = await bed.folder();
    const hosts = await Promise.all(Array.from({ length: 6 }, () => bed.host({ folder })));
    const trees = await Promise.all(
      hosts.map((host, index) => host.openCommit(url, { sha: index % 2 ? first : second })),
    );
    for (const tree of trees) await expectSameFiles(tree, 'commits');
    const [repository = ''] = await readdir(folder);
    expect((await readdir(join(folder, repository))).sort()).toEqual([first, second].sort());
  });

  it('keeps nothing of a fetch that was cut', async () => {
    const whole = Buffer.from(await (await fetchRaw(second)).arrayBuffer());
    const origin = await bed.listen((_, response) => {
      response.writeHead(200, {
        'content-type': 'application/x-git-upload-pack-result',
        'content-length': whole.length,
      });
      response.write(whole.subarray(0, whole.length / 2), () => response.destroy());
    });
    const folder = await bed.folder();
    const failure = await failureOf((await bed.host({ folder })).openCommit(`${origin}/commits.git`, { sha: second }));
    expect(failure).toMatchObject({ code: 'git-failed', retryable: true });
    const [repository = ''] = await readdir(folder);
    expect(await readdir(join(folder, repository))).toEqual([]);
  });

  it('reads a commit also when the one that it was fetched on top of is gone', async () => {
    const folder = await bed.folder();
    const host = await bed.host({ folder });
    await host.openCommit(url, { sha: first });
    await host.openCommit(url, { sha: second });
    const [repository = ''] = await readdir(folder);
    await rm(join(folder, repository, first), { recursive: true });
    await expectSameFiles(await (await bed.host({ folder })).openCommit(url, { sha: second }), 'commits');
  });

  it('says so when what is kept was damaged, and fetches on top of it no more', async () => {
    const folder = await bed.folder();
    await (await bed.host({ folder })).openCommit(url, { sha: first });
    const [repository = ''] = await readdir(folder);
    for (const name of (await packSizes(folder, first)).keys())
      await writeFile(join(folder, repository, first, 'objects/pack', name), Buffer.alloc(100_000, 1));
    const failure = await failureOf((await bed.host({ folder })).openCommit(url, { sha: first }));
    expect(failure).toMatchObject({ code: 'git-failed', object: join(folder, repository, first) });
    expect(failure.hint).toContain('Delete the folder');
    await expectSameFiles(await (await bed.host({ folder })).openCommit(url, { sha: second }), 'commits');
  });

  it('removes what nobody opened for a week, and nothing that a kept commit needs', async () => {
    const folder = await bed.folder();
    await (await bed.host({ folder })).openCommit(url, { sha: first });
    const [repository = ''] = await readdir(folder);
    const abandoned = join(folder, repository, '.incoming-crashed');
    const unused = join(folder, repository, 'f'.repeat(40));
    const old = new Date(Date.now() - 8 * 86_400_000);
    for (const path of [abandoned, unused]) {
      await mkdir(path);
      await utimes(path, old, old);
    }
    await rm(join(folder, repository, first), { recursive: true });
    await expectSameFiles(await (await bed.host({ folder })).openCommit(url, { sha: second }), 'commits');
    expect(await readdir(join(folder, repository))).toEqual([second]);
  });
});

describe('CommitTree.checkout', () => {
  it('writes only what is named, with executable bits and links as links', async () => {
    const sha = await bed.server.createRepository('modes', {
      'app/run.sh': { executable: '#!/bin/sh\n' },
      'app/plain.yaml': 'a: 1\n',
      'app/link': { symlink: '../outside/file' },
      'app/module': { submodule: first },
      'beside/other.yaml': 'b: 1\n',
      'single.yaml': 'c: 1\n',
    });
    const tree = await (await bed.host()).openCommit(bed.server.url('modes'), { sha });
    const folder = join(await bed.folder(), 'new', 'place');
    await tree.checkout(['app', 'single.yaml', 'app/plain.yaml'], folder);
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(
      ['app', 'app/link', 'app/module', 'app/plain.yaml', 'app/run.sh', 'single.yaml'].sort(),
    );
    const { readlink, readFile } = await import('node:fs/promises');
    expect(await readlink(join(folder, 'app/link'))).toBe('../outside/file');
    expect((await stat(join(folder, 'app/run.sh'))).mode & 0o111).toBe(0o111);
    expect((await stat(join(folder, 'app/plain.yaml'))).mode & 0o111).toBe(0);
    expect(await readFile(join(folder, 'single.yaml'), 'utf8')).toBe('c: 1\n');
    expect(await text(tree, 'app/link')).toBe('../outside/file');
    const failure = await failureOf(tree.entryAt('app/module/x.yaml'));
    expect(failure).toMatchObject({
      code: 'git-path-unknown',
      hint: expect.stringContaining('Submodules are not followed'),
    });
    expect(await failureOf(tree.checkout(['app/module'], folder))).toMatchObject({ code: 'git-path-unknown' });
  });

  it('never writes through a link that is there already', async () => {
    const tree = await (await bed.host()).openCommit(url, { sha: first });
    const [folder, outside] = [await bed.folder(), await bed.folder()];
    await symlink(outside, join(folder, 'apps'));
    expect(await failureOf(tree.checkout(['apps/app-1'], folder))).toMatchObject({ code: 'git-failed' });
    await rm(join(folder, 'apps'));
    await mkdir(join(folder, 'apps/app-1'), { recursive: true });
    await symlink(join(outside, 'victim'), join(folder, 'apps/app-1/values.yaml'));
    await tree.checkout(['apps/app-1'], folder);
    expect(await readdir(outside)).toEqual([]);
  });
});

describe('CommitTree', () => {
  it('says what is at a path, and nothing for what is not there', async () => {
    const tree = await (await bed.host()).openCommit(url, { sha: first });
    expect(await tree.entryAt('')).toMatchObject({ path: '', type: 'folder' });
    expect(await tree.entryAt('apps/app-1/')).toMatchObject({ path: 'apps/app-1', type: 'folder' });
    expect(await tree.entryAt('./apps/app-1/values.yaml')).toMatchObject({ type: 'file' });
    for (const path of ['apps/none', 'apps/app-1/values.yaml/below', '../apps', 'APPS']) {
      expect(await tree.entryAt(path)).toBeUndefined();
    }
    expect((await tree.list('apps/app-1')).map(({ path }) => path)).toEqual(['apps/app-1/values.yaml']);
  });

  it('gives a folder another id when, and only when, something below it changed', async () => {
    const host = await bed.host();
    const [before, after] = [await host.openCommit(url, { sha: first }), await host.openCommit(url, { sha: second })];
    expect((await after.entryAt('apps/app-1'))?.oid).toBe((await before.entryAt('apps/app-1'))?.oid);
    expect((await after.entryAt('apps/app-7'))?.oid).not.toBe((await before.entryAt('apps/app-7'))?.oid);
  });

  it.each([
    ['read', (tree: CommitTree) => tree.read('none.yaml'), 'there is no "none.yaml"'],
    ['read a folder', (tree: CommitTree) => tree.read('apps'), '"apps" is a folder'],
    ['list', (tree: CommitTree) => tree.list('none'), 'there is no "none"'],
    ['check out', (tree: CommitTree) => tree.checkout(['none'], '/nowhere'), 'there is no "none"'],
  ])('names the path that it cannot %s', async (_, use, message) => {
    const tree = await (await bed.host()).openCommit(url, { sha: first });
    expect(await failureOf(use(tree))).toMatchObject({
      code: 'git-path-unknown',
      message: expect.stringContaining(message),
    });
  });
});

function fetchRaw(sha: string): Promise<Response> {
  const body = `0012command=fetch\n0001000eofs-delta\n0032want ${sha}\n000ddeepen 1\n0009done\n0000`;
  const headers = { 'git-protocol': 'version=2', 'content-type': 'application/x-git-upload-pack-request' };
  return fetch(`${url}/git-upload-pack`, { method: 'POST', headers, body });
}

import { request as forward } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { refPrefixesFor } from '../../shared/git/ref-prefixes.ts';
import { resolveRevision } from '../../shared/git/resolve-revision.ts';
import { type GitHostBed, startGitHostBed } from './git-host-bed.ts';

let bed: GitHostBed;
let url: string;
let first: string;
let second: string;

beforeAll(async () => {
  bed = await startGitHostBed();
  url = bed.server.url('refs');
  first = await bed.server.createRepository('refs', { 'a.yaml': 'a: 1\n' });
  second = await bed.server.commit('refs', { files: { 'a.yaml': 'a: 2\n' } });
  await bed.server.commit('refs', { branch: 'feature/x', from: first, files: { 'b.yaml': 'b: 1\n' } });
  await bed.server.tag('refs', 'v1.0.0', { target: first });
  await bed.server.tag('refs', 'v1.2.0', { target: second, message: 'annotated' });
  await bed.server.tag('refs', 'v2.0.0-rc.1', { target: second });
});

afterAll(() => bed.stop());
beforeEach(() => bed.server.forgetRequests());

describe('GitHost.listRefs', () => {
  it('asks once, from the first contact on', async () => {
    const host = await bed.host();
    await host.listRefs(url, ['refs/heads/main']);
    expect(bed.asked()).toEqual(['POST upload-pack']);
    await host.listRefs(url, ['refs/heads/main']);
    expect(bed.asked()).toEqual(['POST upload-pack']);
  });

  it('asks nothing when nothing is wanted', async () => {
    const host = await bed.host();
    expect(await host.listRefs(url, refPrefixesFor(first))).toEqual([]);
    expect(bed.asked()).toEqual([]);
  });

  it('gives HEAD with its target, and the commit behind an annotated tag', async () => {
    const host = await bed.host();
    expect(await host.listRefs(url, ['HEAD'])).toEqual([{ name: 'HEAD', oid: second, target: 'refs/heads/main' }]);
    const [tag] = await host.listRefs(url, ['refs/tags/v1.2.0']);
    expect(tag).toMatchObject({ name: 'refs/tags/v1.2.0', peeled: second });
    expect(tag?.oid).not.toBe(second);
  });

  it('gives only what starts with a prefix', async () => {
    const refs = await (await bed.host()).listRefs(url, ['refs/heads/fe', 'refs/tags/v2']);
    expect(refs.map(({ name }) => name)).toEqual(['refs/heads/feature/x', 'refs/tags/v2.0.0-rc.1']);
  });

  it('gives nothing for an empty repository', async () => {
    await bed.server.createRepository('empty');
    expect(await (await bed.host()).listRefs(bed.server.url('empty'), ['HEAD', 'refs/'])).toEqual([]);
  });

  it.each([
    ['main', () => second],
    ['HEAD', () => second],
    ['', () => second],
    ['v1.0.0', () => first],
    ['v1.2.0', () => second],
    ['^1', () => second],
    ['~1.0', () => first],
    ['refs/heads/main', () => second],
  ])('has what it takes to resolve %p', async (targetRevision, sha) => {
    const refs = await (await bed.host()).listRefs(url, refPrefixesFor(targetRevision));
    expect(resolveRevision({ targetRevision }, refs).sha).toBe(sha());
  });

  it('sees a branch that was moved by force, and one that was deleted', async () => {
    const host = await bed.host();
    await bed.server.git('refs', 'branch', 'moving', second);
    expect(await host.listRefs(url, ['refs/heads/moving'])).toMatchObject([{ oid: second }]);
    await bed.server.git('refs', 'branch', '--force', 'moving', first);
    expect(await host.listRefs(url, ['refs/heads/moving'])).toMatchObject([{ oid: first }]);
    await bed.server.git('refs', 'branch', '-D', 'moving');
    expect(await host.listRefs(url, ['refs/heads/moving'])).toEqual([]);
  });

  it.each([429, 500, 503, 'reset'] as const)('gets over a host that answers %p now and then', async (status) => {
    const host = await bed.host();
    bed.server.fail({ status, times: 2 });
    expect(await host.listRefs(url, ['HEAD'])).toHaveLength(1);
    bed.server.fail({ status, times: 2 });
    expect(await host.listRefs(url, ['HEAD'])).toHaveLength(1);
    bed.server.heal();
  });
});

describe('A host that speaks only the old protocol', () => {
  let old: string;

  beforeAll(async () => {
    const origin = await bed.listen((request, response) => {
      const { 'git-protocol': _, host: __, ...headers } = request.headers;
      const onward = forward(`${bed.server.origin}${request.url}`, { method: request.method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    });
    old = `${origin}/refs.git`;
  });

  it('is listed with the same answer', async () => {
    const host = await bed.host();
    const prefixes = ['HEAD', 'refs/tags/'];
    expect(await host.listRefs(old, prefixes)).toEqual(await host.listRefs(url, prefixes));
    bed.asked();
    await host.listRefs(old, prefixes);
    expect(bed.asked()).toEqual(['GET upload-pack']);
  });

  it('is read by commit, also by one that is not the tip', async () => {
    const host = await bed.host();
    expect(Buffer.from(await (await host.openCommit(old, { sha: second })).read('a.yaml')).toString()).toBe('a: 2\n');
    expect(Buffer.from(await (await host.openCommit(old, { sha: first })).read('a.yaml')).toString()).toBe('a: 1\n');
  });

  it('is searched by the ref for a commit that it does not give by SHA', async () => {
    await bed.server.git('refs', 'config', 'uploadpack.allowReachableSHA1InWant', 'false');
    await bed.server.git('refs', 'config', 'uploadpack.allowTipSHA1InWant', 'false');
    const host = await bed.host();
    await expect(host.openCommit(old, { sha: first, ref: 'refs/tags/v2.0.0-rc.1' })).resolves.toMatchObject({
      commit: { sha: first },
    });
    await bed.server.git('refs', 'config', 'uploadpack.allowReachableSHA1InWant', 'true');
    await bed.server.git('refs', 'config', 'uploadpack.allowTipSHA1InWant', 'true');
  });

  it('gives an abbreviated commit', async () => {
    const opened = await (await bed.host()).openCommit(old, { sha: first.slice(0, 8) });
    expect(opened.commit.sha).toBe(first);
  });
});

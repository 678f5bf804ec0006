import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { isolatedGitEnvironment } from '../../support/git-repositories.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';

const exec = promisify(execFile);
let server: GitServer;
let work: string;

const git = async (...args: readonly string[]): Promise<string> =>
  (await exec('git', [...args], { cwd: work, env: isolatedGitEnvironment(work) })).stdout.trim();

beforeAll(async () => {
  server = await startGitServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'plumb-test-'));
});
afterEach(() => rm(work, { recursive: true }));

describe('Git server', () => {
  it('serves what was committed to any git client, shallow and by SHA', async () => {
    const first = await server.createRepository('team/shop', { 'a/b.yaml': 'kind: X\n', link: { symlink: 'a' } });
    const second = await server.commit('team/shop', {
      files: { 'c.txt': 'c' },
      remove: ['link'],
      author: 'Bo <bo@example.com>',
    });
    await server.tag('team/shop', 'v1.0.0', { target: first, message: 'Release' });
    expect(await git('ls-remote', server.url('team/shop'), 'refs/heads/main')).toBe(`${second}\trefs/heads/main`);
    await git('init', '-q', '.');
    await git('fetch', '-q', '--depth=1', server.url('team/shop'), first);
    expect(await git('ls-tree', '-r', '--name-only', first)).toBe('a/b.yaml\nlink');
  });

  it('accepts a push', async () => {
    await server.createRepository('pushed', { 'a.txt': '1' });
    await git('clone', '-q', server.url('pushed'), '.');
    await writeFile(join(work, 'a.txt'), '2');
    await git('commit', '-qam', 'Two');
    await git('push', '-q', 'origin', 'main');
    expect(await server.git('pushed', 'show', 'main:a.txt')).toBe('2');
    expect(await readFile(join(work, 'a.txt'), 'utf8')).toBe('2');
  });

  it('asks for the password of a closed repository, and counts every request', async () => {
    await server.createRepository('closed', { a: '' }, { users: { bot: 's:3' } });
    server.forgetRequests();
    await expect(git('ls-remote', server.url('closed'))).rejects.toThrow('could not read Username');
    expect(server.requests().map(({ repository, service }) => [repository, service])).toEqual([
      ['closed', 'upload-pack'],
    ]);
    expect(await git('ls-remote', server.url('closed').replace('//', '//bot:s%3A3@'))).toContain('refs/heads/main');
  });

  it('fails as told, as often as told', async () => {
    await server.createRepository('flaky', { a: '' });
    server.fail({ repository: 'flaky', status: 503, times: 1 });
    server.fail({ repository: 'flaky', status: 'reset', times: 1 });
    await expect(git('ls-remote', server.url('flaky'))).rejects.toThrow('503');
    await expect(git('ls-remote', server.url('flaky'))).rejects.toThrow(/reset|Empty reply|Recv failure/i);
    expect(await git('ls-remote', server.url('flaky'))).toContain('refs/heads/main');
  });

  it('leaves no folder behind', async () => {
    const other = await startGitServer();
    await other.createRepository('gone', { a: '' });
    const folder = await other.git('gone', 'rev-parse', '--absolute-git-dir');
    await other.stop();
    expect(existsSync(folder)).toBe(false);
  });
});

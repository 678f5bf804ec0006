import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GitObjects } from '../../../../shared/adapters/git/git-objects.ts';
import { type GitServer, startGitServer } from '../../../support/git-server.ts';

let server: GitServer;

beforeAll(async () => {
  server = await startGitServer();
});

afterAll(() => server.stop());

/** A bare repository with packs only, as fetched ones are. */
async function packed(name: string): Promise<GitObjects> {
  await server.git(name, 'repack', '-a', '-d');
  return new GitObjects(await server.git(name, 'rev-parse', '--absolute-git-dir'));
}

describe('GitObjects', () => {
  it('finds all commits that start alike, and no other objects', async () => {
    const shas = [await server.createRepository('alike', { 'a.yaml': 'a: 0\n' })];
    // More commits than hex digits: two of them start with the same one.
    for (let push = 1; push < 18; push += 1)
      shas.push(await server.commit('alike', { files: { 'a.yaml': `a: ${push}\n` } }));
    const objects = await packed('alike');
    for (const digit of '0123456789abcdef')
      expect([...(await objects.commitsStartingWith(digit))].sort()).toEqual(
        shas.filter((sha) => sha.startsWith(digit)).sort(),
      );
  });

  it('reads a commit without a subject and without files', async () => {
    await server.createRepository('bare');
    const tree = await server.git('bare', 'hash-object', '-t', 'tree', '-w', '/dev/null');
    const sha = await server.git('bare', 'commit-tree', tree, '-m', '');
    await server.git('bare', 'update-ref', 'refs/heads/main', sha);
    const objects = await packed('bare');
    expect(await objects.commit(sha)).toMatchObject({ tree, commit: { sha, subject: '' } });
    expect([...(await objects.tree(tree)).keys()]).toEqual([]);
  });

  it('takes a tree for no commit, and a missing object for an error', async () => {
    const sha = await server.createRepository('other', { 'a.yaml': 'a: 1\n' });
    const objects = await packed('other');
    const found = await objects.existingCommit(sha);
    expect(await objects.commit(found.tree)).toBeUndefined();
    for (const read of [objects.existingCommit('d'.repeat(40)), objects.tree('d'.repeat(40)), objects.blob(found.tree)])
      await expect(read).rejects.toMatchObject({ code: 'git-failed' });
  });
});

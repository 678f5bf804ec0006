import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refPrefixesFor } from '../../../../shared/git/ref-prefixes.ts';
import type { GitRef } from '../../../../shared/model/revision.ts';
import type { GitHost } from '../../../../shared/ports.ts';
import { askTogether, followedRefs } from '../../../../shared/workflows/jobs/refs-together.ts';

const repoURL = 'https://git.test/shop.git';
const sha = '3f2a1bc0d4e5f60718293a4b5c6d7e8f90a1b2c3';
const names = [
  'HEAD',
  'refs/heads/main',
  'refs/heads/main-2',
  'refs/heads/v1.0.0',
  'refs/tags/v1.0.0',
  'refs/tags/v1.1.0',
  'refs/tags/app/v2.0.0',
  'refs/remotes/origin/main',
];

/** A host that answers as the real one, and notes what it was asked. */
function hostOf(refs: readonly string[] = names) {
  const asked: string[] = [];
  const answer = (prefixes: readonly string[]): readonly GitRef[] =>
    refs.filter((name) => prefixes.some((prefix) => name.startsWith(prefix))).map((name) => ({ name, oid: name }));
  const git: GitHost = {
    listRefs: async (url, prefixes) => {
      asked.push(`${url} ${prefixes.join(' ')}`);
      return answer(prefixes);
    },
    openCommit: () => Promise.reject(new Error('not asked for here')),
  };
  return { git, asked, answer };
}

describe('What is followed', () => {
  it('is all prefixes of each repository, each once, in order', () => {
    const followed = followedRefs([
      { repoURL, targetRevision: 'main' },
      { repoURL, targetRevision: 'main' },
      { repoURL, targetRevision: '1.x' },
      { repoURL: 'https://git.test/other.git', targetRevision: 'HEAD' },
    ]);
    const prefixes = [...refPrefixesFor('main'), 'refs/tags/'].sort();
    expect([...followed]).toEqual([
      [repoURL, prefixes],
      ['https://git.test/other.git', ['HEAD']],
    ]);
  });

  it('is nothing of charts and full SHAs', () => {
    const followed = followedRefs([
      { repoURL: 'https://charts.test', targetRevision: '1.0.0', chart: 'web' },
      { repoURL, targetRevision: sha },
    ]);
    expect([...followed]).toEqual([]);
  });
});

describe('A repository', () => {
  const followed = followedRefs([
    { repoURL, targetRevision: 'main' },
    { repoURL, targetRevision: '1.x' },
  ]);

  it('is asked once for all who follow anything in it, at the same time or later', async () => {
    const { git, asked } = hostOf();
    const refs = askTogether(git, followed);
    await Promise.all([refs.listRefs(repoURL, refPrefixesFor('main')), refs.listRefs(repoURL, ['refs/tags/'])]);
    await refs.all(repoURL);
    expect(asked).toHaveLength(1);
  });

  it('is asked by itself for what nobody follows', async () => {
    const { git, asked } = hostOf();
    const refs = askTogether(git, followed);
    expect(await refs.listRefs(repoURL, ['refs/heads/v1.0.0'])).toEqual([
      { name: 'refs/heads/v1.0.0', oid: 'refs/heads/v1.0.0' },
    ]);
    expect(asked).toEqual([`${repoURL} refs/heads/v1.0.0`]);
  });

  it('is not asked where nobody follows anything in it', async () => {
    const { git, asked } = hostOf();
    expect(await askTogether(git, followed).all('https://git.test/other.git')).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('gives the same error to all', async () => {
    const git: GitHost = { ...hostOf().git, listRefs: () => Promise.reject(new Error('no such repository')) };
    const refs = askTogether(git, followed);
    const tried = await Promise.allSettled([refs.all(repoURL), refs.listRefs(repoURL, ['refs/tags/'])]);
    expect(tried.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  const revisions = fc.constantFrom('main', 'HEAD', '1.x', 'v1.0.0', 'refs/heads/main-2', '>=2', 'absent', sha);
  const sources = fc.array(
    fc
      .record({ targetRevision: revisions, tagPrefix: fc.constantFrom('', 'app/') })
      .map((each) => ({ repoURL, ...each })),
    { minLength: 1, maxLength: 5 },
  );

  it('answers to each who follows it as it would to a question of its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(names), sources, async (refs, all) => {
        const { git, answer, asked } = hostOf(refs);
        const together = askTogether(git, followedRefs(all));
        for (const { targetRevision, tagPrefix } of all) {
          const prefixes = refPrefixesFor(targetRevision, tagPrefix);
          expect(await together.listRefs(repoURL, prefixes)).toEqual(answer(prefixes));
        }
        expect(asked.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

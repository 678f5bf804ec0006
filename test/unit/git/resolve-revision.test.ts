import { describe, expect, it } from '@jest/globals';
import { refPrefixesFor } from '../../../shared/git/ref-prefixes.ts';
import { resolveRevision } from '../../../shared/git/resolve-revision.ts';
import type { GitRef } from '../../../shared/model/revision.ts';

const sha = (digit: string): string => digit.repeat(40);
const refs: readonly GitRef[] = [
  { name: 'HEAD', oid: sha('1'), target: 'refs/heads/main' },
  { name: 'refs/heads/abc1234', oid: sha('9') },
  { name: 'refs/heads/both', oid: sha('2') },
  { name: 'refs/heads/main', oid: sha('1') },
  { name: 'refs/heads/1.9.9', oid: sha('8') },
  { name: 'refs/pull/7/head', oid: sha('3') },
  { name: 'refs/remotes/up/main', oid: sha('4') },
  { name: 'refs/tags/both', oid: sha('5') },
  { name: 'refs/tags/app-1.0.0', oid: sha('b') },
  { name: 'refs/tags/app-1.4.0', oid: sha('c') },
  { name: 'refs/tags/v1.2', oid: sha('6') },
  { name: 'refs/tags/v1.2.3', oid: sha('7'), peeled: sha('a') },
  { name: 'refs/tags/v2.0.0-rc.1', oid: sha('d') },
];

describe('resolveRevision', () => {
  it.each([
    ['a full SHA as it is', sha('f'), { sha: sha('f') }],
    ['a full SHA in capitals', sha('F'), { sha: sha('f') }],
    ['nothing', '', { sha: sha('1'), ref: 'HEAD' }],
    ['HEAD', 'HEAD', { sha: sha('1'), ref: 'HEAD' }],
    ['a branch', 'main', { sha: sha('1'), ref: 'refs/heads/main' }],
    ['a full name', 'refs/tags/both', { sha: sha('5'), ref: 'refs/tags/both' }],
    ['a short name that a branch and a tag have: the first listed', 'both', { sha: sha('2'), ref: 'refs/heads/both' }],
    ['a ref of another folder', 'pull/7/head', { sha: sha('3'), ref: 'refs/pull/7/head' }],
    ['a ref of a remote', 'up/main', { sha: sha('4'), ref: 'refs/remotes/up/main' }],
    ['an exact version under its own spelling', 'v1.2', { sha: sha('6'), ref: 'refs/tags/v1.2' }],
    ['an exact version that is a branch', '1.9.9', { sha: sha('8'), ref: 'refs/heads/1.9.9' }],
    ['an annotated tag: the commit behind it', 'v1.2.3', { sha: sha('a'), ref: 'refs/tags/v1.2.3' }],
    ['a range: the greatest tag, never a branch', '^1', { sha: sha('a'), ref: 'refs/tags/v1.2.3' }],
    ['a range with a pre-release', '>=1-0', { sha: sha('d'), ref: 'refs/tags/v2.0.0-rc.1' }],
    ['a branch that looks like a SHA', 'abc1234', { sha: sha('9'), ref: 'refs/heads/abc1234' }],
    ['an abbreviated SHA that is no ref', 'ABCDEF1', { sha: 'abcdef1' }],
    ['an abbreviated SHA of digits only', '1234567', { sha: '1234567' }],
  ])('takes %s', (_, targetRevision, resolved) => {
    expect(resolveRevision({ targetRevision }, refs)).toEqual(resolved);
  });

  it('compares tags behind a prefix', () => {
    expect(resolveRevision({ targetRevision: '^1', tagPrefix: 'app-' }, refs)).toEqual({
      sha: sha('c'),
      ref: 'refs/tags/app-1.4.0',
    });
  });

  it.each([
    ['a name that is no ref', { targetRevision: 'none' }, ['named "none"', 'Check targetRevision']],
    ['six hex digits', { targetRevision: 'abcdef' }, ['named "abcdef"', 'pushed']],
    ['a full name that is not there', { targetRevision: 'refs/heads/none' }, ['refs/heads/none', 'pushed']],
    ['another spelling of a version', { targetRevision: '1.2' }, ['named "1.2"', 'pushed']],
    [
      'a range that nothing matches',
      { targetRevision: '^7', repoURL: 'https://git.example/a.git' },
      ['of https://git.example/a.git matches the version range "^7"', 'There are 6 tags'],
    ],
    ['a prefix without a range', { targetRevision: 'main', tagPrefix: 'app-' }, ['no version range', '^1.2']],
    ['a prefix with a SHA', { targetRevision: sha('f'), tagPrefix: 'app-' }, ['no version range', '^1.2']],
  ] as const)('refuses %s and says what to do', (_, request, [message, hint]) => {
    expect(() => resolveRevision(request, refs)).toThrow(
      expect.objectContaining({
        code: 'git-revision-unknown',
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    );
  });

  it('says that a repository without HEAD may be empty', () => {
    expect(() => resolveRevision({ targetRevision: 'HEAD' }, [])).toThrow('may be empty');
  });
});

describe('refPrefixesFor', () => {
  it.each([
    [sha('f'), undefined, []],
    ['', undefined, ['HEAD']],
    ['HEAD', undefined, ['HEAD']],
    ['refs/heads/main', undefined, ['refs/heads/main']],
    ['^1.2', undefined, ['refs/tags/']],
    ['^1.2', 'app-', ['refs/tags/app-']],
    ['main', undefined, ['refs/heads/main', 'refs/tags/main', 'refs/main', 'refs/remotes/main']],
  ])('asks for %p with prefix %p only by %j', (revision, tagPrefix, prefixes) => {
    expect(refPrefixesFor(revision, tagPrefix)).toEqual(prefixes);
  });

  it.each(['main', 'both', 'pull/7/head', 'up/main', 'v1.2', '^1', 'HEAD', 'refs/tags/both'])(
    'asks for enough to resolve %p',
    (targetRevision) => {
      const prefixes = refPrefixesFor(targetRevision);
      const listed = refs.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
      expect(resolveRevision({ targetRevision }, listed)).toEqual(resolveRevision({ targetRevision }, refs));
    },
  );
});

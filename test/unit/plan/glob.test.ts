import { describe, expect, it } from '@jest/globals';
import { compileGlob, destinationGlob, type GlobLanguage, matchGlob, sourceGlob } from '../../../shared/plan/glob.ts';

type Row = readonly [pattern: string, text: string, matches: boolean];

function check(language: GlobLanguage, rows: readonly Row[]): void {
  it.each(rows)('%s on %s is %s', (pattern, text, matches) => {
    expect(compileGlob(pattern, language)?.test(text) ?? false).toBe(matches);
  });
}

describe('patterns of sourceRepos', () => {
  check(sourceGlob, [
    ['https://git/team/*', 'https://git/team/repo', true],
    ['https://git/team/*', 'https://git/team/sub/repo', false],
    ['https://git/team/**', 'https://git/team/sub/repo', true],
    ['https://git/te**', 'https://git/team/sub/repo', true],
    ['https://git/{a,b}/*', 'https://git/b/repo', true],
    ['https://git/{a,b}/*', 'https://git/c/repo', false],
    ['https://git/{a,b*/c}', 'https://git/bb/c', true],
    ['https://git/a,b', 'https://git/a,b', true],
    ['https://git/a,b', 'https://git/a', false],
    ['[!a]b', 'cb', true],
    ['[!a]b', 'ab', false],
    ['[^a]b', '^b', true],
    ['[^a]b', 'cb', false],
    ['[a-c]b', 'bb', true],
    ['a?c', 'a/c', false],
    ['a?c', 'abc', true],
    ['a\\*c', 'a*c', true],
    ['a\\*c', 'abc', false],
    ['a(b)+.c', 'a(b)+.c', true],
    ['a.c', 'abc', false],
    ['', '', true],
    ['', 'a', false],
    ['a', 'ab', false],
    ['.hidden*', '.hidden/x', false],
    ['*', '.hidden', true],
  ]);
});

describe('patterns of destinations', () => {
  check(destinationGlob, [
    ['*.svc', 'https://a.b/svc/c.svc', true],
    ['https://*', 'https://a/b/c', true],
    ['team-?', 'team-/', true],
    ['shop-*', 'shop-', true],
    ['{shop,cart}-*', 'cart-1', true],
  ]);
});

describe('patterns of kind lists', () => {
  check(matchGlob, [
    ['*.example.com', 'db.example.com', true],
    ['[^A]*', 'Deployment', true],
    ['[^D]*', 'Deployment', false],
    ['[!D]*', 'Deployment', true],
    ['[!D]*', 'Service', false],
    ['{Deployment,Service}', 'Deployment', false],
    ['{Deployment,Service}', '{Deployment,Service}', true],
    ['**', 'a/b', false],
    ['*Set', 'ReplicaSet', true],
  ]);
});

describe('malformed patterns', () => {
  it.each(['[a', '[', 'a\\', '[z-a]', '[!]', '{a'])('%s is undefined', (pattern) => {
    expect(compileGlob(pattern, sourceGlob)).toBeUndefined();
  });
});

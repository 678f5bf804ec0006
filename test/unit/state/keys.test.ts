import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keys } from '../../../shared/state/keys.ts';

const makers: readonly { readonly pattern: RegExp; readonly make: (name: string) => string }[] = [
  { pattern: /^heads\/[^/]+\.json$/, make: (name) => keys.head(name) },
  { pattern: /^renders\/[^/]+\/d\.json\.gz$/, make: (name) => keys.render(name, 'd') },
  { pattern: /^renders\/p\/[^/]+\.json\.gz$/, make: (name) => keys.render('p', name) },
  { pattern: /^snapshots\/[^/]+\/n\.json\.gz$/, make: (name) => keys.snapshot(name, 'n') },
  { pattern: /^snapshots\/a\/[^/]+\.json\.gz$/, make: (name) => keys.snapshot('a', name) },
  {
    pattern: /^garbage\/renders\/[^/]+\/d\/[^/]+\.json\.gz$/,
    make: (name) => keys.garbageCopy(keys.render(name, 'd'), 't'),
  },
  { pattern: /^rendered\/p\/[^/]+\.json$/, make: (name) => keys.renderNote('p', name) },
  { pattern: /^registry\/[^/]+\/a\.json$/, make: (name) => keys.declaredApplication(name, 'a') },
  { pattern: /^registry\/p\/[^/]+\.json$/, make: (name) => keys.declaredApplication('p', name) },
  { pattern: /^registry\/[^/]+\/_project\.json$/, make: (name) => keys.declaredProject(name) },
];

const anyName = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.constantFrom(
    '..',
    '.',
    '',
    '/',
    '../../etc/passwd',
    'a/b',
    '_project',
    '%2e',
    'A',
    'a',
    'é',
    'a'.repeat(253),
    'a'.repeat(254),
  ),
);

describe('keys', () => {
  it.each([
    ['a plain name stays readable', keys.head('shop-prod.eu'), 'heads/shop-prod.eu.json'],
    ['a path cannot leave its prefix', keys.head('../x'), 'heads/%2e.%2fx.json'],
    ['no application is named like a project', keys.declaredApplication('p', '_project'), 'registry/p/%5fproject.json'],
    ['upper case cannot meet lower case', keys.head('Shop'), 'heads/%53hop.json'],
  ])('%s', (_, key, expected) => {
    expect(key).toBe(expected);
  });

  it('lead from one object to those beside it', () => {
    expect(keys.headBeside(keys.snapshot('Shop', 'n'))).toBe(keys.head('Shop'));
    expect(keys.renderBeside(keys.renderNote('Team', 'inputs'), 'd1')).toBe(keys.render('Team', 'd1'));
    expect(keys.digestIn(keys.render('Team', 'd1'))).toBe('d1');
    expect(keys.garbageCopy(keys.render('team', 'd1'), 't')).toBe(
      `${keys.garbageOf(keys.render('team', 'd1'))}t.json.gz`,
    );
  });

  it('stay below their prefix for every name', () => {
    for (const { pattern, make } of makers) {
      fc.assert(
        fc.property(anyName, (name) => {
          const key = make(name);
          expect(key).toMatch(pattern);
          expect(key.split('/').every((segment) => /^[^.\\\0]+.*$/.test(segment) && segment.length <= 200)).toBe(true);
        }),
        { numRuns: 200 },
      );
    }
  });

  it('differ for different names, whatever the case', () => {
    fc.assert(
      fc.property(anyName, anyName, (one, other) => {
        fc.pre(one !== other && one.isWellFormed() && other.isWellFormed());
        expect(keys.head(one).toLowerCase()).not.toBe(keys.head(other).toLowerCase());
      }),
      { numRuns: 2_000 },
    );
  });
});

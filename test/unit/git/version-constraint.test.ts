import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { highestVersion, parseConstraint, parseVersion, satisfies } from '../../../shared/git/version-constraint.ts';

const versions = [
  '0.0.3',
  '0.2.4',
  '0.3.0',
  '1.0.0',
  '1.2.0',
  '1.2.7',
  '1.3.0',
  '1.3.1-rc.1',
  '2.0.0',
  '2.1.0-beta',
  '10.0.0',
];

describe('highestVersion', () => {
  it.each([
    ['*', '10.0.0'],
    ['x', '10.0.0'],
    ['>=0', '10.0.0'],
    ['1', '1.3.0'],
    ['1.x', '1.3.0'],
    ['1.2.*', '1.2.7'],
    ['v1.2.x', '1.2.7'],
    ['=1.2', '1.2.7'],
    ['1.2.0', '1.2.0'],
    ['~1.2', '1.2.7'],
    ['~1.2.0', '1.2.7'],
    ['~> 1.2.3', '1.2.7'],
    ['~1', '1.3.0'],
    ['^1', '1.3.0'],
    ['^1.2.3', '1.3.0'],
    ['^0.2', '0.2.4'],
    ['^0.0.3', '0.0.3'],
    ['^0', '0.3.0'],
    ['>1.2', '10.0.0'],
    ['>1 <10', '2.0.0'],
    ['>=1.0.0 <2.0.0', '1.3.0'],
    ['>=1.0.0, <2.0.0', '1.3.0'],
    ['>=1.0.0,<2.0.0', '1.3.0'],
    ['=> 1, =< 1.2', '1.2.7'],
    ['<1.2', '1.0.0'],
    ['<=1.2', '1.2.7'],
    ['<=1.2.0', '1.2.0'],
    ['1.0 - 1.2', '1.2.7'],
    ['1.0.0 - 1.2.0', '1.2.0'],
    ['<0.1 || ~0.2', '0.2.4'],
    ['^1 || ^2', '2.0.0'],
    ['!=10.0.0', '2.0.0'],
    ['>=1, !=1.3.x, <2', '1.2.7'],
    ['>=1.3.1-0 <2', '1.3.1-rc.1'],
    ['~1.3.1-0', '1.3.1-rc.1'],
    ['>=2-0 <10', '2.1.0-beta'],
    ['>=2.0.0-0, <3', '2.1.0-beta'],
    ['<2-0 >=1.3', '1.3.1-rc.1'],
    ['^1 || >=2-0 <3', '2.1.0-beta'],
    ['^3', undefined],
    ['main', undefined],
    ['', undefined],
    ['>=1 ||', undefined],
    ['1.2,', undefined],
    ['01x', undefined],
    ['>>1', undefined],
  ])('takes for %p the version %p', (constraint, version) => {
    expect(highestVersion(constraint, versions)).toBe(version);
  });

  it('keeps the spelling, reads partial versions, and passes over what is none', () => {
    expect(highestVersion('^1', ['v1.2', 'release-1.9', '1.1.0', 'latest', '1.2.3.4'])).toBe('v1.2');
    expect(highestVersion('*', ['V1.0.0', 'release'])).toBeUndefined();
  });

  it('takes the first of two that are equal but for their build', () => {
    expect(highestVersion('1', ['1.0.0', 'v1.0.0', '1.0.0+b'])).toBe('1.0.0');
  });

  it('orders pre-releases by their parts', () => {
    expect(highestVersion('>=1-0', ['1.0.0-rc.2', '1.0.0-rc.10', '1.0.0-alpha'])).toBe('1.0.0-rc.10');
  });
});

describe('A version constraint', () => {
  it('answers for every text and every version, soon', () => {
    const piece = fc.constantFrom(
      '1',
      '0',
      'x',
      '*',
      '.',
      '-',
      ' ',
      ',',
      '||',
      '>',
      '<',
      '=',
      '~',
      '^',
      '!',
      'v',
      'rc',
      '+',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 120 }).map((pieces) => pieces.join('')),
    );
    const version = fc.constantFrom(...versions).map((each) => parseVersion(each));
    fc.assert(
      fc.property(text, version, (constraint, each) => {
        const parsed = parseConstraint(constraint);
        if (parsed === undefined || each === undefined) return true;
        return typeof satisfies(each, parsed) === 'boolean';
      }),
    );
  });

  it('admits a version that it names, and the two sides of a bound exclude each other', () => {
    const number = fc.nat({ max: 12 });
    const version = fc.tuple(number, number, number).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(version, version, (bound, each) => {
        expect(highestVersion(bound, [bound])).toBe(bound);
        const [below, above] = [highestVersion(`<${bound}`, [each]), highestVersion(`>=${bound}`, [each])];
        expect([below, above].filter((found) => found !== undefined)).toEqual([each]);
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileGlob, isGlob } from '../../../shared/render/glob.ts';
import { processorTime } from '../../support/processor-time.ts';

describe('a glob without a separator', () => {
  it.each([
    ['*', 'a/b', true],
    ['*.yaml', 'a/b.yaml', true],
    ['*.yaml', 'b.yml', false],
    ['{a,b}.yaml', 'b.yaml', true],
    ['{a,b}.yaml', 'c.yaml', false],
    ['{a,{b,c}x}*', 'cxy', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['**/x.yaml', 'a/b/x.yaml', true],
    ['**/x.yaml', 'x.yaml', true],
    ['', '', true],
    ['😀?[é-ü]', '😀😀ö', true],
    ['a+b.(c)', 'a+b.(c)', true],
  ])('%s on %s is %s', (pattern, text, wanted) => {
    expect(compileGlob(pattern)(text)).toBe(wanted);
  });
});

describe('a glob whose stars stop at slashes', () => {
  it.each([
    ['env/*.yaml', 'env/a.yaml', true],
    ['env/*.yaml', 'env/a/b.yaml', false],
    ['env/**/*.yaml', 'env/a/b/c.yaml', true],
    ['env/**/*.yaml', 'env/c.yaml', true],
    ['env/**', 'env/a/b', true],
    ['env/?.yaml', 'env//.yaml', false],
    ['env/[!x].yaml', 'env//.yaml', false],
    ['**/**/a', 'a', true],
    ['a**/b', 'a/b', true],
  ])('%s on %s is %s', (pattern, text, wanted) => {
    expect(compileGlob(pattern, { separator: '/' })(text)).toBe(wanted);
  });
});

describe('any glob', () => {
  it.each(['{a', '[a', 'x'.repeat(600), '{a,b}'.repeat(9)])('that cannot be used is refused: %s', (pattern) => {
    expect(() => compileGlob(pattern)).toThrow(/cannot be used/);
  });

  it('of plain characters matches itself and nothing longer', () => {
    const plain = fc.string().filter((text) => !/[*?[\]{}\\]/.test(text) && text.length < 500);
    fc.assert(
      fc.property(plain, (text) => {
        expect(compileGlob(text)(text)).toBe(true);
        expect(compileGlob(text)(`${text}x`)).toBe(false);
      }),
    );
  });

  it('takes no longer for hostile patterns', () => {
    const took = processorTime(() => expect(compileGlob(`${'*a'.repeat(200)}b`)('a'.repeat(4_000))).toBe(false));
    expect(took).toBeLessThan(3_000);
  });

  it.each([
    ['values.yaml', false],
    ['values-*.yaml', true],
    ['v[12].yaml', true],
    ['v?.yaml', true],
  ])('%s is recognised: %s', (text, wanted) => {
    expect(isGlob(text)).toBe(wanted);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { combineShares } from '../../../../shared/secrets/sops/shamir.ts';
import { floatText } from '../../../../shared/secrets/sops/sops-value.ts';

/** Multiplication in GF(2^8) by logarithms: another way than the one under test. */
const powers: number[] = [1];
for (let at = 1; at < 255; at += 1) {
  const last = powers[at - 1] ?? 0;
  const doubled = (last << 1) ^ (last >> 7 ? 0x11b : 0);
  powers.push((doubled ^ last) & 0xff);
}
const times = (left: number, right: number): number =>
  left === 0 || right === 0 ? 0 : (powers[(powers.indexOf(left) + powers.indexOf(right)) % 255] ?? 0);
const shareOf = (coefficients: readonly (readonly number[])[], place: number): Uint8Array =>
  Uint8Array.from([
    ...coefficients.map((each) => each.reduceRight((sum, coefficient) => times(sum, place) ^ coefficient, 0)),
    place,
  ]);

describe('shares of a key', () => {
  it('give the key when there are enough of them', () => {
    const bytes = fc.integer({ min: 0, max: 255 });
    const polynomials = fc.array(fc.tuple(bytes, bytes, bytes), { minLength: 1, maxLength: 8 });
    const places = fc.uniqueArray(fc.integer({ min: 1, max: 255 }), { minLength: 3, maxLength: 5 });
    fc.assert(
      fc.property(polynomials, places, (coefficients, at) => {
        const shares = at.map((place) => shareOf(coefficients, place));
        expect(combineShares(shares)).toEqual(Uint8Array.from(coefficients.map(([secret]) => secret)));
      }),
      { numRuns: 50 },
    );
  });

  it('that do not belong together give none', () => {
    expect(combineShares([])).toBeUndefined();
    expect(combineShares([Uint8Array.of(1, 1)])).toBeUndefined();
    expect(combineShares([Uint8Array.of(1, 1), Uint8Array.of(2, 1)])).toBeUndefined();
    expect(combineShares([Uint8Array.of(1, 1), Uint8Array.of(1, 2, 2)])).toBeUndefined();
  });
});

describe('a number', () => {
  it.each([
    [1, '1'],
    [2.5, '2.5'],
    [1e21, '1000000000000000000000'],
    [1.5e-7, '0.00000015'],
    [-1.25e22, '-12500000000000000000000'],
  ])('%d is counted without exponent', (value, text) => {
    expect(floatText(value)).toBe(text);
  });
});

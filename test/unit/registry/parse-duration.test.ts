import { describe, expect, it } from '@jest/globals';
import { parseDuration } from '../../../shared/registry/parse-duration.ts';

describe('a duration', () => {
  it.each([
    ['5s', 5_000],
    ['3m', 180_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['300ms', 300],
    ['90', 90_000],
    ['0', 0],
    ['0s', 0],
    ['', undefined],
    ['5 s', undefined],
    ['-5s', undefined],
    ['1d', undefined],
    ['5sec', undefined],
    ['1.5', undefined],
  ])('%j is %p milliseconds', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });
});

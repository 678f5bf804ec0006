import { describe, expect, it } from '@jest/globals';
import { formatAge, formatElapsed, parseDurationOption, parseLongDurationOption } from '../../../cli/duration.ts';

describe('durations', () => {
  it.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1_500],
    ['250ms', 250],
    ['30', 30_000],
  ])('reads %s', (text, ms) => expect(parseDurationOption(text)).toBe(ms));

  it.each(['', 'soon', '5 m', '-5m', '0', '0s', '5d'])('refuses "%s"', (text) => {
    expect(() => parseDurationOption(text)).toThrow('not a duration');
  });

  it.each([
    ['30d', 30 * 86_400_000],
    ['12h', 12 * 3_600_000],
  ])('reads %s where days are usual', (text, ms) => expect(parseLongDurationOption(text)).toBe(ms));

  it.each(['', '0d', '-1d', '1d12h', 'soon'])('refuses "%s" there', (text) => {
    expect(() => parseLongDurationOption(text)).toThrow('not a duration like 30d');
  });

  it.each([
    [0, '0.0s'],
    [1_840, '1.8s'],
    [59_940, '59.9s'],
    [59_960, '1m00s'],
    [125_000, '2m05s'],
  ])('says %d ms as %s', (ms, text) => expect(formatElapsed(ms)).toBe(text));

  it.each([
    [-5, '0s'],
    [119_000, '119s'],
    [120_000, '2m'],
    [3 * 3_600_000, '3h'],
    [49 * 3_600_000, '2d'],
  ])('says an age of %d ms as %s', (ms, text) => expect(formatAge(ms)).toBe(text));
});

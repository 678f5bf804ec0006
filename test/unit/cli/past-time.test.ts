import { describe, expect, it } from '@jest/globals';
import { parsePastTime } from '../../../cli/past-time.ts';

const now = new Date('2026-11-23T15:00:00Z');
const parse = (text: string): string => new Date(parsePastTime('--at', text, now)).toISOString();

describe('a time that is past', () => {
  it.each([
    ['2h', '2026-11-23T13:00:00.000Z'],
    ['1h30m', '2026-11-23T13:30:00.000Z'],
    ['90s', '2026-11-23T14:58:30.000Z'],
    ['2026-11-23T14:50:00Z', '2026-11-23T14:50:00.000Z'],
    ['2026-11-23T14:50:00.5Z', '2026-11-23T14:50:00.500Z'],
    ['2026-11-23T15:50:00+01:00', '2026-11-23T14:50:00.000Z'],
    ['2026-11-23 14:50', '2026-11-23T14:50:00.000Z'],
    ['2026-11-23', '2026-11-23T00:00:00.000Z'],
  ])('may be written as %s', (text, expected) => {
    expect(parse(text)).toBe(expected);
  });

  it.each(['yesterday', '', '2026-13-01', '23.11.2026', '2026-11-23T25:00:00Z'])('is not "%s"', (text) => {
    expect(() => parse(text)).toThrow(`--at "${text}" is not a time`);
  });

  it('is not yet to come', () => {
    expect(() => parse('2026-11-23T15:00:01Z')).toThrow('is yet to come');
    expect(parse('2026-11-23T15:00:00Z')).toBe(now.toISOString());
  });
});

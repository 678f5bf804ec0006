import { describe, expect, it } from '@jest/globals';
import { parseDemoOptions } from '../../demo/options.ts';

describe('parseDemoOptions', () => {
  it('keeps nothing and reports nowhere unless told to', () => {
    expect(parseDemoOptions([])).toEqual({ keep: false, help: false });
  });
  it('reads what npm start passes on', () => {
    expect(parseDemoOptions(['--keep', '--report', 'demo.json'])).toEqual({
      keep: true,
      help: false,
      report: 'demo.json',
    });
  });
  it.each(['--watch', 'prod', '--report'])('refuses %s', (word) => {
    expect(() => parseDemoOptions([word])).toThrow(word);
  });
});

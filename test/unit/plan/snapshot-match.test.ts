import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { namesMeant, revisionInName } from '../../../shared/plan/snapshot-match.ts';

const [monday, tuesday, wednesday, thursday] = [
  '20261102-080000-000-3f2a1bc',
  '20261103-080000-000-77aa001',
  '20261104-080000-000-3f2a1bc',
  '20261105-080000-000-1.4.2',
] as const;
const names = [monday, tuesday, wednesday, thursday];

describe('what is typed for a snapshot', () => {
  it.each([
    ['a whole name', tuesday, [tuesday]],
    ['the beginning of one name', '20261103', [tuesday]],
    ['the beginning of several names', '202611', names],
    ['a revision: the newest one', '3f2a1bc', [wednesday]],
    ['four characters of a revision', '77aa', [tuesday]],
    ['three characters of a revision', '77a', []],
    ["a chart's version", '1.4.2', [thursday]],
    ['nothing', '', []],
    ['something else', 'main', []],
  ])('means, being %s, what it says', (_what, asked, meant) => expect(namesMeant(names, asked)).toEqual(meant));

  it('is a short revision only as a whole', () => {
    const short = '20261106-080000-000-1.0';
    expect(namesMeant([...names, short], '1.0')).toEqual([short]);
    expect(namesMeant([...names, short], '1.')).toEqual([]);
  });

  it('is not clear when revisions differ', () => {
    const other = '20261106-080000-000-3f2a999';
    expect(namesMeant([...names, other], '3f2a')).toEqual([wednesday, other]);
  });

  it('always finds a snapshot by its own name, whatever others are called', () => {
    const stamp = fc.stringMatching(/^2026\d{4}-\d{6}-\d{3}$/);
    const revision = fc.stringMatching(/^[0-9a-f]{7}$/);
    const name = fc.tuple(stamp, revision).map((parts) => parts.join('-'));
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), (all) => {
        for (const each of all) expect(namesMeant([...all].sort(), each)).toEqual([each]);
        for (const each of all) expect(namesMeant([...all].sort(), revisionInName(each))).not.toEqual([]);
      }),
    );
  });
});

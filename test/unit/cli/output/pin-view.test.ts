import { describe, expect, it } from '@jest/globals';
import { coloursFor } from '../../../../cli/output/colours.ts';
import { formatPinned, formatUnpinned, pinFields, pinRecord, unpinnedRecord } from '../../../../cli/output/pin-view.ts';
import type { Head } from '../../../../shared/model/head.ts';
import type { Pin, Refusal } from '../../../../shared/model/pin.ts';
import { aHead, aRender } from '../examples.ts';

const colours = coloursFor({}, false);
const at = '2026-01-02T03:04:15Z';
const now = new Date('2026-01-02T03:04:27Z');
const snapshot = '20260102-030405-000-3f2a1bc';
const pin: Pin = { snapshot, renderDigest: 'd0', until: 'git-moves', at, why: 'a bad prompt' };
const refusal: Refusal = { renderDigest: 'd1', sources: aRender.sources, declared: [], at, why: 'a bad prompt' };
const chart: Refusal = {
  ...refusal,
  renderDigest: 'd2',
  sources: [{ repoURL: 'https://charts.example', chart: 'redis', revision: '1.4.2' }],
};

describe('a pin', () => {
  it.each<[what: string, head: Partial<Head>, expected: string | undefined]>([
    ['nothing where there is none', { refused: [refusal] }, undefined],
    ['what Git is to move on from', { pin, refused: [chart, refusal] }, 'Git moves on from 3f2a1bc ("more prompts")'],
    ['a chart by its version', { pin, refused: [refusal, chart] }, 'Git moves on from 1.4.2'],
    ['a removal that was taken back', { pin, refused: [{ ...refusal, sources: [] }] }, 'Git moves on from its removal'],
    ['that Git is to move on, where nothing was refused', { pin }, 'Git moves on'],
    ['what ends it', { pin: { ...pin, until: 'unpinned' }, refused: [refusal] }, 'plumb unpin shop'],
  ])('is told with %s', (_, head, until) =>
    expect(formatPinned(aHead(head))).toBe(until === undefined ? undefined : `pinned to ${snapshot} until ${until}`),
  );

  it('is shown with since when and why, and with what was refused, newest first', () => {
    expect(pinFields(aHead({ pin, refused: [chart, refusal] }), now)).toEqual([
      ['Pin', `${snapshot} until Git moves on, 12s ago: a bad prompt`],
      ['Refused', '3f2a1bc ("more prompts"), 12s ago: a bad prompt'],
      ['Refused', '1.4.2, 12s ago: a bad prompt'],
    ]);
    expect(pinFields(aHead(), now)).toEqual([]);
  });

  it('shows three refusals, and how many there are more', () => {
    const fields = pinFields(aHead({ refused: Array.from({ length: 5 }, () => refusal) }), now);
    expect(fields).toHaveLength(4);
    expect(fields.at(-1)).toEqual(['Refused', 'and 2 before']);
  });

  it('is told to programs with refusals and the newest snapshot, and null where there is none', () => {
    const { declared: _, ...refused } = refusal;
    const note = { name: snapshot, renderDigest: 'd0', outcome: 'Succeeded', health: 'Healthy' } as const;
    expect(pinRecord(aHead({ pin, refused: [refusal], snapshots: [note] }))).toEqual({
      pin,
      refused: [refused],
      snapshot,
    });
    expect(pinRecord(aHead())).toEqual({ pin: null, refused: [], snapshot: null });
  });
});

describe('unpinning', () => {
  const next = '\nThe next plumb sync goes on with what Git says; plumb serve does so by itself.\n';
  const head = aHead();
  it.each<[what: string, given: { pin?: Pin; refused: readonly Refusal[] }, said: string]>([
    ['what has ended', { pin, refused: [] }, `no longer pinned to ${snapshot}${next}`],
    [
      'what may come back, newest first',
      { pin, refused: [chart, refusal] },
      `no longer pinned to ${snapshot}; Git may bring back 3f2a1bc ("more prompts"), 1.4.2${next}`,
    ],
    ['that only something was refused', { refused: [chart] }, `it was not pinned; Git may bring back 1.4.2${next}`],
    ['that there was nothing', { refused: [] }, 'it was not pinned, and nothing was refused; nothing has changed\n'],
  ])('says %s', (_, given, said) =>
    expect(formatUnpinned({ head, ...given }, { colours, installation: undefined })).toBe(`shop: ${said}`),
  );

  it('says that an installation goes on by itself', () => {
    expect(formatUnpinned({ head, pin, refused: [] }, { colours, installation: 'prod' })).toContain(
      'Installation prod goes on with what Git says',
    );
  });

  it('is a flat record for programs', () => {
    const { declared: _, ...refused } = refusal;
    expect(unpinnedRecord({ head, pin, refused: [refusal] })).toEqual({ application: 'shop', pin, refused: [refused] });
    expect(unpinnedRecord({ head, refused: [] })).toEqual({ application: 'shop', pin: null, refused: [] });
  });
});

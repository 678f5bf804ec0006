import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { coloursFor } from '../../../../cli/output/colours.ts';
import { formatFields, formatTable } from '../../../../cli/output/table.ts';

describe('tables', () => {
  it('look like those of kubectl', () => {
    expect(
      formatTable(
        ['NAME', 'SYNC'],
        [
          ['shop', 'Synced'],
          ['payments', ''],
        ],
      ),
    ).toBe('NAME       SYNC\nshop       Synced\npayments\n');
  });

  it('keep their columns in line when coloured', () => {
    const { green } = coloursFor({ FORCE_COLOR: '1' }, false);
    const [first, second] = formatTable(['A', 'B'], [[green('ok'), 'x']]).split('\n');
    expect(first?.indexOf('B')).toBe(stripVTControlCharacters(second ?? '').indexOf('x'));
  });

  it('write fields with their values in line', () => {
    expect(
      formatFields([
        ['Name', 'shop'],
        ['Health', 'Healthy'],
      ]),
    ).toBe('Name:    shop\nHealth:  Healthy\n');
  });
});

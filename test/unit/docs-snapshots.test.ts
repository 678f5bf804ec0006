import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import { aSnapshot } from '../support/snapshots.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/snapshots.md'), 'utf8');

/** What stands in backquotes at the beginning of a row of the table below a heading. */
function documented(heading: string): readonly string[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const rows = section.split('\n## ', 1)[0]?.matchAll(/^\|([^|]*)\|/gm) ?? [];
  return [...rows].flatMap(([, names = '']) => [...names.matchAll(/`(\w+)(?:\[\])?`/g)].map(([, name = '']) => name));
}

describe('docs/snapshots.md', () => {
  it('names every field that a snapshot may have, and none that it has not', () => {
    // The type asks for every field that there is.
    const whole: Required<Snapshot> = {
      ...aSnapshot(),
      parent: 'all',
      declaredServer: 'https://prod',
      tools: { helm: 'v4.1.4', kustomize: 'v5.7.1' },
      left: true,
    };
    expect([...documented('What a snapshot holds')].sort()).toEqual(Object.keys(whole).sort());
  });
});

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { canonicalJson, type Json } from '../../shared/model/json.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import { encode, encodeText, pack } from '../../shared/state/codec.ts';
import { aRenderOf, aSnapshot } from '../support/snapshots.ts';

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
      secrets: [],
    };
    expect([...documented('What a snapshot holds')].sort()).toEqual(Object.keys(whole).sort());
  });

  it.each([
    ['a snapshot', encode('snapshot', aSnapshot({ message: 'ü } {"a":[1]}' }) as unknown as Json)],
    ['a render', encodeText('render', canonicalJson(aRenderOf('ü [{"').manifests as unknown as Json)).bytes],
  ])('shows how the SHA-256 of %s is checked with gunzip, sed and sha256sum alone', async (_what, written) => {
    const check = /^\$ gunzip < \S+ \| (sed .*sha256sum)$/m.exec(page)?.[1] ?? 'false';
    const summed = execFileSync('sh', ['-c', `gunzip | ${check}`], { input: await pack(written) });
    expect(Buffer.from(written).toString()).toContain(`"sha256":"${summed.toString().slice(0, 64)}"`);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { bundle } from '../../infra/constructs/bundling.ts';
import { functionNames } from '../../infra/constructs/sizes.ts';
import { handlers } from './support/synthesise.ts';

const mostBytes = 1_800_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-bundles-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(functionNames)('the bundle of %s', (name) => {
  let outputs: Metafile['outputs'] = {};
  beforeAll(() => {
    outputs = bundle(join(handlers, `${name}.ts`), join(folder, name)).metafile.outputs;
  });

  test('loads at most 1.8 MB to begin with', () => {
    expect(bytesOf(startOf(outputs), outputs)).toBeLessThanOrEqual(mostBytes);
  });

  test('has at most 1.8 MB in all that may be loaded', () => {
    const code = Object.keys(outputs).filter((file) => file.endsWith('.mjs'));
    expect(bytesOf(code, outputs)).toBeLessThanOrEqual(mostBytes);
  });
});

/** The entry, and all that it imports before it runs. */
function startOf(outputs: Metafile['outputs']): readonly string[] {
  const seen = new Set(Object.keys(outputs).filter((file) => file.endsWith('/index.mjs')));
  for (const file of seen)
    for (const { path, kind, external } of outputs[file]?.imports ?? [])
      if (kind === 'import-statement' && external !== true) seen.add(path);
  return [...seen];
}

function bytesOf(files: readonly string[], outputs: Metafile['outputs']): number {
  return files.reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);
}

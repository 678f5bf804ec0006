import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runPlumb } from '../../../cli/run-plumb.ts';
import { FolderStore } from '../../../shared/adapters/local/folder-store.ts';
import { localWorker } from '../../../shared/adapters/local/worker.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { keepSnapshot } from '../workflows/compare/a-snapshot.ts';
import { createTestShell } from './test-shell.ts';

const older = '20261102-080000-000-3f2a1bc';
const newer = '20261103-080000-000-77aa001';
const prompts = (text: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'prompts' },
  data: { text },
});

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-test-'));
  const store = new FolderStore(join(folder, 'store'), localWorker());
  await keepSnapshot(store, older, [prompts('old')]);
  await keepSnapshot(store, newer, [prompts('new')]);
});
afterAll(() => rm(folder, { recursive: true }));

/** Nothing declares an application, and there is neither a cluster nor Git. */
async function plumb(line: string): Promise<{ readonly exitCode: number; readonly out: string; readonly err: string }> {
  const shell = createTestShell({ folder });
  const places = ['--store', join(folder, 'store'), '--cache', join(folder, 'cache')];
  const exitCode = await runPlumb([...line.split(' '), ...places], shell);
  return { exitCode, out: shell.out(), err: shell.err() };
}

describe('plumb diff --from', () => {
  it('shows what differs between two snapshots of an application that nobody declares any more', async () => {
    const { exitCode, out, err } = await plumb('diff shop --from 3f2a --to 20261103');
    expect(exitCode).toBe(1);
    expect(out).toContain(`--- snapshot/${older}/ConfigMap.shop.prompts\n`);
    expect(out).toContain('-  text: old\n+  text: new\n');
    expect(err).toBe(`shop: 1 difference from ${older} to ${newer} (1 changed)\n`);
  });

  it('ends with 0 when there is no difference', async () => {
    const err = `shop: no differences from ${newer} to ${newer}\n`;
    expect(await plumb('diff shop --from 77aa001 --to 77aa001')).toEqual({ exitCode: 0, out: '', err });
  });

  it('says in JSON what was compared', async () => {
    const { out } = await plumb(`diff shop --from ${older} --to ${newer} -o json`);
    expect(JSON.parse(out)).toMatchObject({
      application: 'shop',
      from: older,
      to: newer,
      differences: [{ kind: 'ConfigMap', namespace: 'shop', name: 'prompts', change: 'change' }],
      unknown: [],
    });
  });

  it.each([
    ['diff shop --to live', 'Error: --to was given without --from'],
    [
      'diff shop --from 3f2a --revision main',
      'Error: --revision was given, and Git is not looked at\n  try: to compare',
    ],
    ['diff shop --from 3f2a --to live --revision main', 'Error: --revision was given, and Git is not looked at'],
    ['diff shop --from 2026', `Error: "2026" can mean 2 snapshots of shop\n  try: write more of the one`],
    [
      'diff shop --from 3f2a --to nowhere',
      `Error: shop has no snapshot "nowhere"\n  try: there are ${newer}, ${older};`,
    ],
    ['diff other --from 3f2a', 'Error: other has no snapshots\n'],
    ['diff --from 3f2a', 'Error: nothing says where applications are declared'],
  ])('answers "plumb %s" with what is wrong', async (line, message) => {
    const { exitCode, out, err } = await plumb(line);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(message);
  });
});

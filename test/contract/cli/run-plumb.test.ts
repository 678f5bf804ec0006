import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createProgram } from '../../../cli/program.ts';
import { runPlumb } from '../../../cli/run-plumb.ts';
import type { Shell } from '../../../cli/shell.ts';
import { FolderStore } from '../../../shared/adapters/local/folder-store.ts';
import { localWorker } from '../../../shared/adapters/local/worker.ts';
import { saveHead } from '../../../shared/state/heads.ts';
import { aHead } from '../../unit/cli/examples.ts';
import { createTestShell } from '../../unit/cli/test-shell.ts';

const manifest = (name: string, spec: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name} }
spec:
  destination: { server: https://kubernetes.default.svc, namespace: ${name} }
  ${spec}
---
`;
const usable = 'source: { repoURL: https://git.example/apps.git, path: . }';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-test-'));
  await writeFile(
    join(folder, 'apps.yaml'),
    manifest('shop', usable) + manifest('pay', usable) + manifest('broken', 'sources: []'),
  );
  await writeFile(join(folder, 'torn.yaml'), 'apiVersion: argoproj.io/v1alpha1\nkind: [');
  await saveHead(new FolderStore(join(folder, 'store'), localWorker()), aHead(), 'absent');
});
afterAll(() => rm(folder, { recursive: true }));

type Ran = { readonly exitCode: number; readonly out: string; readonly err: string };

async function plumb(line: string, given: Partial<Shell> & { readonly stdin?: string } = {}): Promise<Ran> {
  const shell = createTestShell({ folder, ...given });
  const stores = ['--store', join(folder, 'store'), '--cache', join(folder, 'cache')];
  const words = line === '' ? [] : line.split(' ');
  const exitCode = await runPlumb(
    line.includes('--store') || words.length === 0 ? words : [...words, ...stores],
    shell,
  );
  return { exitCode, out: shell.out(), err: shell.err() };
}

describe('plumb', () => {
  it('prints its help when nothing is asked', async () => {
    const { exitCode, out } = await plumb('');
    expect(exitCode).toBe(0);
    expect(out).toContain('Usage: plumb [options] [command]');
  });

  it.each(createProgram(() => async () => {}).commands.map((command) => command.name()))(
    '%s --help has examples and all options',
    async (name) => {
      const { exitCode, out } = await plumb(`${name} --help`);
      expect(exitCode).toBe(0);
      expect(out).toMatch(/Global Options:[\s\S]*--filename[\s\S]*Examples:\n {2}\$ /);
    },
  );

  it.each([
    ['snyc', "Error: unknown command 'snyc' (Did you mean sync?)\n  try: plumb --help\n"],
    ['diff --revison x', "Error: unknown option '--revison' (Did you mean --revision?)\n  try: plumb diff --help\n"],
    [
      'list -o wide',
      "Error: option '-o, --output <FORMAT>' argument 'wide' is invalid. Allowed choices are table, json, yaml.",
    ],
    ['sync --timeout soon', 'It is not a duration like 90s, 5m or 1h30m.'],
    ['sync --resource web', '"web" is not of the form [!]GROUP:KIND:[NAMESPACE/]NAME'],
    ['serve --concurrency 0', 'is not a whole number'],
    ['diff', 'Error: nothing says where applications are declared\n  try: give -f FILE'],
    ['diff -f apps.yaml --control https://git.example/a', 'Error: --filename and --control were both given'],
    ['diff -f nowhere', 'Error: --filename: nowhere cannot be read: there is no such file or folder'],
    ['sync -f apps.yaml', 'Error: 2 applications are declared: which one?\n  try: name one of: pay, shop'],
    ['sync shop --all -f apps.yaml', 'Error: name applications or give --all, not both'],
    ['render broken -f apps.yaml', 'Error: Application broken (apps.yaml): spec has neither source nor sources'],
    ['status nobody', 'Error: nothing is known of an application "nobody"'],
  ])('says what is wrong with "%s" and ends with 2', async (line, message) => {
    const { exitCode, out, err } = await plumb(line);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(message);
  });

  it('tells programs what is wrong as one line of JSON', async () => {
    for (const line of ['diff -o json', 'snyc -o json', '--output=json status nobody']) {
      const { err } = await plumb(line);
      expect(JSON.parse(err)).toMatchObject({
        level: 'error',
        code: 'usage',
        message: expect.any(String),
        hint: expect.any(String),
      });
    }
  });
});

describe('plumb list', () => {
  it('shows what was ever synced when nothing is declared', async () => {
    const { exitCode, out } = await plumb('list');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^NAME +PROJECT.*\nshop +default +prod +- +Synced +Healthy +3f2a1bc +\d+d\n$/);
  });

  it('shows what is declared, and tells of what cannot be used', async () => {
    const { exitCode, out, err } = await plumb('list -f apps.yaml -f torn.yaml');
    expect(exitCode).toBe(0);
    expect(
      out
        .split('\n')
        .slice(1)
        .map((line) => line.split(' ')[0]),
    ).toEqual(['pay', 'shop', '']);
    expect(err).toContain('warning: left out: Application broken (apps.yaml)');
    expect(err).toContain('warning: left out: torn.yaml:2: ');
  });

  it('reads stdin', async () => {
    const { out } = await plumb('list -f - -o json', { stdin: manifest('piped', usable) });
    expect(JSON.parse(out)).toMatchObject([
      { name: 'piped', namespace: 'piped', sync: { code: 'Unknown' }, revision: null },
    ]);
  });

  it('names a cache folder that cannot be used, and the option', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const { exitCode, err } = await plumb(`list --store ${join(folder, 'empty')} --cache ${file}`);
    expect(exitCode).toBe(2);
    expect(err).toMatch(new RegExp(`^Error: the cache folder ${file} cannot be written$`, 'm'));
    expect(err).toMatch(/^ {2}try: .*--cache$/m);
  });

  it('says so when there is nothing', async () => {
    expect(await plumb(`list --store ${join(folder, 'empty')} --cache ${join(folder, 'cache')}`)).toEqual({
      exitCode: 0,
      out: '',
      err: 'No applications.\n',
    });
  });
});

describe('plumb status', () => {
  it('shows what is known without asking anybody', async () => {
    const { exitCode, out } = await plumb('status shop');
    expect(exitCode).toBe(0);
    expect(out).toContain('Source:     https://git.example/apps.git shop 3f2a1bc "more prompts" by Ada\n');
  });

  it('writes YAML for programs', async () => {
    expect((await plumb('status shop -o yaml')).out).toContain('health:\n  code: Healthy\n');
  });
});

describe('plumb version', () => {
  it('tells its version and that of Node.js', async () => {
    const { out } = await plumb('version -o json');
    expect(JSON.parse(out)).toEqual({ plumb: expect.stringMatching(/^\d+\.\d+\.\d+/), node: process.version });
  });
});

describe('plumb doctor', () => {
  it('goes on after a failed check, says what to do, and ends with 1', async () => {
    const { exitCode, out } = await plumb('doctor -f apps.yaml --kubeconfig nowhere -o json', {
      env: { HOME: folder, XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] },
    });
    const results = JSON.parse(out) as readonly { check: string; ok: boolean; detail: string; hint?: string }[];
    expect(exitCode).toBe(1);
    expect(results.find(({ check }) => check === 'state')).toMatchObject({
      ok: true,
      detail: `${join(folder, 'store')} can be written`,
    });
    expect(results.find(({ check }) => check.startsWith('cluster'))).toMatchObject({
      ok: false,
      hint: expect.stringContaining('--kubeconfig'),
    });
    expect(results.find(({ check }) => check === 'applications')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('broken'),
    });
    expect(results.find(({ check }) => check === 'git https://git.example/apps.git')).toMatchObject({ ok: false });
  });
});

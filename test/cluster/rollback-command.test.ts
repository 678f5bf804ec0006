import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runPlumb } from '../../cli/run-plumb.ts';
import { configMap, wave } from '../support/manifests.ts';
import { openRollbackBed, prompts, type RollbackBed, stuckDeployment } from '../support/rollback-bed.ts';
import { createTestShell } from '../unit/cli/test-shell.ts';

let bed: RollbackBed;
let file: string;
beforeEach(async () => {
  bed = await openRollbackBed();
  file = await declare({});
});
afterEach(() => bed.close());

/** Writes the manifest of shop, and gives the file. */
async function declare(
  annotations: Readonly<Record<string, string>>,
  automated: object = { prune: true },
): Promise<string> {
  const { engine } = bed;
  const manifest = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop', annotations },
    spec: {
      destination: { server: 'https://kubernetes.default.svc', namespace: engine.namespace },
      source: { repoURL: engine.git.url('shop'), path: 'app', targetRevision: 'main' },
      syncPolicy: { automated },
    },
  };
  const path = join(engine.ports.scratch, 'shop.json');
  await writeFile(path, JSON.stringify(manifest));
  return path;
}

type Ran = { readonly exitCode: number; readonly out: string; readonly err: string };

/** A command line on the bed's store and cluster. */
async function plumb(...words: readonly string[]): Promise<Ran> {
  const { scratch } = bed.engine.ports;
  const places = ['--store', join(scratch, 'store'), '--cache', join(scratch, 'cache')];
  const shell = createTestShell({ env: process.env, home: homedir() });
  const exitCode = await runPlumb([...words, ...places, '--kubeconfig', bed.engine.kubeconfig], shell);
  return { exitCode, out: shell.out(), err: shell.err() };
}

async function deploy(...texts: readonly string[]): Promise<readonly string[]> {
  const commits: string[] = [];
  for (const text of texts) {
    commits.push((await bed.commit(prompts(text), { message: `say ${text}` })).slice(0, 7));
    const { exitCode, err } = await plumb('sync', 'shop', '-f', file);
    if (exitCode !== 0) throw new Error(`plumb sync ended with ${exitCode}: ${err}`);
  }
  return commits;
}

describe('plumb rollback', () => {
  it('needs neither Git nor declarations, and says what it went back to and for how long', async () => {
    const [good, bad] = await deploy('good', 'bad');
    const [name] = await bed.snapshots();
    await bed.engine.git.stop();
    const { exitCode, out, err } = await plumb('rollback', 'shop');
    expect({ exitCode, out: out.replace(/in \d+\.\ds/, 'in 1.0s') }).toEqual({
      exitCode: 0,
      out:
        'configmap/prompts configured\n' +
        `shop: Synced, Healthy at ${good} (1 configured, 1 unchanged) in 1.0s; ` +
        `pinned to ${name} until Git moves on from ${bad} ("say bad")\n`,
    });
    expect(err).toContain(`pinned to snapshot ${name}`);
    expect(await bed.value('prompts')).toBe('good');
  });

  it('is shown by list and status, and told to programs', async () => {
    const [good, bad] = await deploy('good', 'bad');
    const [name] = await bed.snapshots();
    const { out } = await plumb('rollback', 'shop', good ?? '', '--until-unpinned', '-o', 'json');
    const pin = { snapshot: name, until: 'unpinned', why: 'rolled back by hand' };
    const refused = [{ sources: [{ commit: { subject: 'say bad' } }] }];
    expect(JSON.parse(out)).toMatchObject({ application: 'shop', phase: 'Succeeded', pin, refused });
    expect((await plumb('list')).out).toContain(`${good} (pinned)`);
    const status = (await plumb('status', 'shop')).out;
    expect(status).toMatch(new RegExp(`^Pin: +${name} until unpinned, \\ds ago: rolled back by hand$`, 'm'));
    expect(status).toMatch(new RegExp(`^Refused: +${bad} \\("say bad"\\), \\ds ago: rolled back by hand$`, 'm'));
    const [listed] = JSON.parse((await plumb('list', '-o', 'json')).out) as readonly object[];
    expect(listed).toMatchObject({ name: 'shop', pin, refused, snapshot: (await bed.snapshots()).at(-1) });
  });

  it('takes the application as it is declared, where that is said', async () => {
    await deploy('good');
    await bed.commit({ 'app/new.yaml': configMap('new') });
    expect((await plumb('sync', 'shop', '-f', file)).exitCode).toBe(0);
    await declare({}, { prune: false });
    expect((await plumb('rollback', 'shop', '-f', file)).out).toContain('1 skipped');
    expect(await bed.engine.live('ConfigMap', 'new')).toBeDefined();
  });

  it.each<[what: string, words: readonly string[], said: string]>([
    ['of an application that has no snapshots', ['nobody'], 'nobody has no snapshots'],
    ['to a snapshot that is not there', ['shop', '20200101'], 'shop has no snapshot "20200101"'],
    ['of nothing', [], "missing required argument 'APP'"],
  ])('%s ends with 2', async (_, words, said) => {
    await deploy('good', 'bad');
    const { exitCode, err } = await plumb('rollback', ...words);
    expect(exitCode).toBe(2);
    expect(err).toContain(said);
    expect((await bed.head()).pin).toBeUndefined();
  });
});

describe('while Git is away', () => {
  it('a pinned application is synced to its pin, with a warning', async () => {
    await deploy('good', 'bad');
    await plumb('rollback', 'shop');
    await bed.engine.objects.patch({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'prompts', namespace: bed.engine.namespace },
      data: { v: 'by hand' },
    } as never);
    await bed.engine.git.stop();
    const { exitCode, err } = await plumb('sync', 'shop', '-f', file);
    expect(exitCode).toBe(0);
    expect(err).toContain('whether Git has moved on is not known');
    expect(await bed.value('prompts')).toBe('good');
  });

  it('plumb status --refresh compares with what is deployed, declared or not', async () => {
    await deploy('good');
    await bed.engine.git.stop();
    for (const declared of [['-f', file], []]) {
      const { exitCode, out } = await plumb('status', 'shop', '--refresh', ...declared);
      expect(exitCode).toBe(0);
      expect(out).toMatch(/^Sync: +Synced$/m);
    }
  });
});

describe('plumb unpin', () => {
  it('says what has ended and what may come back; the next sync goes on with Git', async () => {
    const [, bad] = await deploy('good', 'bad');
    const [name] = await bed.snapshots();
    await plumb('rollback', 'shop');
    expect(await plumb('unpin', 'shop')).toMatchObject({
      exitCode: 0,
      out:
        `shop: no longer pinned to ${name}; Git may bring back ${bad} ("say bad")\n` +
        'The next plumb sync goes on with what Git says; plumb serve does so by itself.\n',
    });
    expect(await bed.value('prompts')).toBe('good');
    const { out } = await plumb('sync', 'shop', '-f', file);
    expect(out).not.toContain('pinned');
    expect(await bed.value('prompts')).toBe('bad');
    expect((await plumb('unpin', 'shop')).out).toBe(
      'shop: it was not pinned, and nothing was refused; nothing has changed\n',
    );
  });
});

describe('plumb sync of an application that asks to go back by itself', () => {
  const bad = {
    ...prompts('bad'),
    'app/web.yaml': stuckDeployment('web'),
    'app/last.yaml': configMap('last', {}, wave(1)),
  };

  it('ends with 1, and says what failed and what it went back to', async () => {
    file = await declare({ 'plumbline.dev/auto-rollback': 'true' });
    await deploy('good');
    await bed.commit(bad, { message: 'bad' });
    const { exitCode, out, err } = await plumb('sync', 'shop', '-f', file, '--timeout', '1s');
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^shop: Failed at .*still waiting for Deployment .*web/m);
    expect(out).toMatch(/^shop: Synced, Healthy at .*; pinned to \S+ until Git moves on from \S+ \("bad"\)$/m);
    expect(err).toMatch(/going back to snapshot \S+ by itself: the sync failed: /);
    expect(await bed.value('prompts')).toBe('good');
  });

  it('tells programs of both', async () => {
    file = await declare({ 'plumbline.dev/auto-rollback': 'true' });
    await deploy('good');
    await bed.commit(bad, { message: 'bad' });
    const { exitCode, out } = await plumb('sync', 'shop', '-f', file, '--timeout', '1s', '-o', 'json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject([
      { phase: 'Failed', pin: null, rollback: { phase: 'Succeeded', pin: { until: 'git-moves' } } },
    ]);
  });
});

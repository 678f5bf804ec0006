import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { unusable } from '../../shared/adapters/local/folder-store-errors.ts';
import type { ObjectStore, Ports } from '../../shared/ports.ts';
import { loadHead } from '../../shared/state/heads.ts';
import { keys } from '../../shared/state/keys.ts';
import { listSnapshots } from '../../shared/state/snapshots.ts';
import { followCluster, followGit } from '../../shared/workflows/serve/follow.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { compileCache } from '../support/compile-cache.ts';
import { type Damaged, damageFile } from '../support/damage.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { failureOf } from '../support/failure-of.ts';
import { configMap, wave } from '../support/manifests.ts';
import { startServing } from '../support/serving.ts';

let engine: Engine;
beforeEach(async () => {
  engine = await openEngine();
  await engine.git.createRepository('sick', { 'app/a.yaml': configMap('a', { v: '0' }) });
  await engine.git.createRepository('well', { 'app/b.yaml': configMap('b', { v: '0' }) });
});
afterEach(() => engine.close());

const automated = { syncPolicy: { automated: { prune: true, selfHeal: true } } };
const request = (name: string) => ({
  application: engine.application(name, automated),
  project: engine.project,
  reason: 'manual' as const,
});
const sync = (name: string, ports = engine.ports) => syncApplication(request(name), ports);
const storeFolder = (): string => join(engine.ports.scratch, 'store');
const fileOf = (key: string): string => join(storeFolder(), key);
const push = (name: string, files: Readonly<Record<string, string>>) => engine.git.commit(name, { files });
const valueIn = async (name: string) => (await engine.live('ConfigMap', name))?.data?.['v'];

/** The only key of that prefix that is there now and was not among the known ones. */
async function newKey(prefix: string, known: readonly string[] = []): Promise<string> {
  const [key, ...more] = (await engine.ports.store.list(prefix)).filter((each) => !known.includes(each));
  if (key === undefined || more.length > 0) throw new Error(`not one new key below ${prefix}`);
  return key;
}

const codeOf = ({ damage }: Damaged): string => (damage.includes('newer') ? 'store-newer' : 'store-corrupt');

/** What a damaged object has to come to: its application says so, its bytes stay, and another application goes on. */
async function expectContained(key: string, otherKey: string): Promise<void> {
  let version = 0;
  for await (const damaged of damageFile(fileOf(key), fileOf(otherKey))) {
    version += 1;
    await push('well', { 'app/b.yaml': configMap('b', { v: String(version) }) });
    const [failure, well] = await Promise.all([failureOf(sync('sick')), sync('well')]);
    expect(failure).toMatchObject({ code: codeOf(damaged), object: key });
    expect(failure.hint).toMatch(/backup|[Dd]elete the object|Upgrade plumb/);
    expect(well.head.sync.code).toBe('Synced');
    expect(await valueIn('b')).toBe(String(version));
    expect(await readFile(fileOf(key))).toEqual(damaged.bytes);
    await damaged.restore();
  }
  expect(version).toBe(5);
  expect((await sync('sick')).results.map(({ action }) => action)).toEqual(['unchanged']);
}

describe('However a stored object is damaged, it stays as it is, its application says so, and another one is synced', () => {
  it('as with a head', async () => {
    await Promise.all([sync('sick'), sync('well')]);
    await expectContained(keys.head('sick'), keys.head('well'));
  });

  it.each(['renders/', 'rendered/'])('as with an object below %s', async (prefix) => {
    await sync('sick');
    const key = await newKey(prefix);
    await sync('well');
    await expectContained(key, await newKey(prefix, [key]));
  });

  it('as with an Application that another one declared', async () => {
    const child = (name: string): string => {
      const { repoURL } = engine.application(name).sources[0] ?? {};
      const source = { repoURL, path: 'app', targetRevision: 'main' };
      const spec = { destination: { server: 'https://kubernetes.default.svc', namespace: engine.namespace }, source };
      return JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name }, spec });
    };
    await push('sick', { 'app/child.yaml': child('child'), 'app/other.yaml': child('other') });
    await sync('sick');
    await expectContained(keys.declaredApplication('default', 'child'), keys.declaredApplication('default', 'other'));
  });

  it('as with a snapshot, which nothing but a way back to it needs', async () => {
    await Promise.all([sync('sick'), sync('well')]);
    const key = await newKey('snapshots/sick/');
    for await (const damaged of damageFile(fileOf(key), fileOf(await newKey('snapshots/well/')))) {
      expect((await sync('sick')).head.sync.code).toBe('Synced');
      const { snapshots, unreadable } = await listSnapshots(engine.ports.store, 'sick');
      expect(snapshots).toEqual([]);
      expect(unreadable).toMatchObject([{ key, error: { code: codeOf(damaged) } }]);
      expect(await readFile(fileOf(key))).toEqual(damaged.bytes);
      await damaged.restore();
    }
  });
});

describe('What is missing from the store', () => {
  it('is made again where Git has it, byte for byte, and nothing in the cluster changes', async () => {
    const { head: before } = await sync('sick');
    const made = [await newKey('renders/'), await newKey('rendered/')].map(fileOf);
    const bytes = await Promise.all(made.map((file) => readFile(file)));
    await Promise.all(made.map((file) => rm(file)));
    const { results, head } = await sync('sick');
    expect(results.map(({ action }) => action)).toEqual(['unchanged']);
    expect(head.inventory).toEqual(before.inventory);
    expect(await Promise.all(made.map((file) => readFile(file)))).toEqual(bytes);
  });

  it('is told where drift cannot be repaired for want of it, and the next look at Git makes it again', async () => {
    await sync('sick');
    const key = await newKey('renders/');
    await rm(fileOf(key));
    const live = await engine.live('ConfigMap', 'a');
    await engine.objects.replace({ ...live, data: { v: 'by hand' } } as never);
    const followed = { declared: { ...request('sick'), origin: 'a test' }, project: engine.project };
    const { signal } = new AbortController();
    const signals = { signal, superseded: signal };
    const failure = await failureOf(followCluster(followed, engine.ports, signals));
    expect(failure).toMatchObject({ code: 'store-corrupt', object: key, hint: expect.stringContaining('backup') });
    expect(await valueIn('a')).toBe('by hand');
    await followGit(followed, engine.ports, signals);
    await followCluster(followed, engine.ports, signals);
    expect(await valueIn('a')).toBe('0');
  });
});

describe('plumb serve beside a damaged head', () => {
  it('tells of it, and keeps the other applications equal to Git', async () => {
    await Promise.all([sync('sick'), sync('well')]);
    const damaged = `${(await readFile(fileOf(keys.head('sick')), 'utf8')).slice(0, -30)}\n`;
    await writeFile(fileOf(keys.head('sick')), damaged);
    const applications = ['sick', 'well'].map((name) => ({
      application: engine.application(name, automated),
      origin: 'a test',
    }));
    const serving = startServing(engine, { load: () => ({ applications, projects: [engine.project], rejected: [] }) });
    try {
      await push('well', { 'app/b.yaml': configMap('b', { v: '1' }) });
      await eventually('the push is applied', async () => (await valueIn('b')) === '1');
      const live = await engine.live('ConfigMap', 'b');
      await engine.objects.replace({ ...live, data: { v: 'by hand' } } as never);
      await eventually('drift is repaired', async () => (await valueIn('b')) === '1');
      expect(serving.notices('error').join('\n')).toContain('heads/sick.json in the store cannot be used');
      expect(await readFile(fileOf(keys.head('sick')), 'utf8')).toBe(damaged);
    } finally {
      await serving.stop();
    }
  });
});

/** A disk that is full from the write of that number on. */
function fullFrom(store: ObjectStore, number: number): { readonly store: ObjectStore; readonly writes: () => number } {
  let writes = 0;
  const put: ObjectStore['put'] = (key, body, condition) => {
    writes += 1;
    if (writes < number) return store.put(key, body, condition);
    const cause = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    return Promise.reject(unusable(`write ${key}`, storeFolder(), cause));
  };
  const get: ObjectStore['get'] = (key) => store.get(key);
  const list: ObjectStore['list'] = (prefix) => store.list(prefix);
  const entries: ObjectStore['entries'] = (prefix) => store.entries(prefix);
  return { store: { get, put, list, entries, delete: (key) => store.delete(key) }, writes: () => writes };
}

describe('A disk that becomes full', () => {
  it('at whichever write of a sync is an error that says so; with space again the sync ends as if nothing had been', async () => {
    let number = 0;
    for (let isFull = true; isFull; ) {
      number += 1;
      const files = { 'app/a.yaml': configMap('a', { v: String(number) }), 'app/z.yaml': configMap('z', {}, wave(1)) };
      const extra = { [`app/n${number}.yaml`]: configMap(`n${number}`, {}, wave(2)) };
      await engine.git.commit('sick', {
        files: { ...files, ...extra },
        remove: number > 1 ? [`app/n${number - 1}.yaml`] : [],
      });
      const disk = fullFrom(engine.ports.store, number);
      const outcome = await Promise.allSettled([sync('sick', { ...engine.ports, store: disk.store } as Ports)]);
      isFull = disk.writes() >= number;
      if (isFull)
        expect(outcome).toMatchObject([
          { reason: { code: 'store-unusable', hint: expect.stringMatching(/^Free some space/) } },
        ]);
      const { head } = await sync('sick');
      expect(head).toMatchObject({ sync: { code: 'Synced' }, operation: { phase: 'Succeeded' } });
      expect(head.inventory.map(({ ref }) => ref.name)).toEqual(['a', `n${number}`, 'z']);
      expect(await valueIn('a')).toBe(String(number));
      expect(await engine.live('ConfigMap', `n${number - 1}`)).toBeUndefined();
      expect((await listSnapshots(engine.ports.store, 'sick')).snapshots.map(({ name }) => name)).toEqual(
        head.snapshots.map(({ name }) => name),
      );
    }
    expect(number).toBeGreaterThan(5);
  });
});

/** The real program, under a limit of the shell. */
async function plumb(words: string, limit = ''): Promise<{ readonly exitCode: number; readonly err: string }> {
  const { PATH, HOME, XDG_CACHE_HOME } = process.env;
  const child = spawn('bash', ['-c', `${limit}\nexec '${process.execPath}' cli/main.ts ${words} -o json`], {
    cwd: join(import.meta.dirname, '../..'),
    env: {
      PATH,
      HOME,
      ...(XDG_CACHE_HOME === undefined ? {} : { XDG_CACHE_HOME }),
      PLUMB_KUBECONFIG: engine.kubeconfig,
      PLUMB_FILENAME: engine.ports.scratch,
      PLUMB_STORE: storeFolder(),
      PLUMB_CACHE: join(engine.ports.scratch, 'cache'),
      ...compileCache,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [err, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { exitCode: exitCode as number, err };
}

describe('plumb sync --all', () => {
  beforeEach(async () => {
    for (const name of ['sick', 'well']) {
      const { destination, sources } = engine.application(name);
      const [{ repoURL, path, targetRevision } = {}] = sources;
      const spec = { destination, source: { repoURL, path, targetRevision }, ...automated };
      const manifest = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name }, spec };
      await writeFile(join(engine.ports.scratch, `${name}.json`), JSON.stringify(manifest));
    }
    expect(await plumb('sync --all')).toMatchObject({ exitCode: 0 });
    await push('sick', { 'app/a.yaml': configMap('a', { v: '1' }) });
    await push('well', { 'app/b.yaml': configMap('b', { v: '1' }) });
  });

  it('syncs what it can beside a damaged head, names that, and ends with 2', async () => {
    await writeFile(fileOf(keys.head('sick')), 'garbage');
    const { exitCode, err } = await plumb('sync --all');
    expect(exitCode).toBe(2);
    expect(err).toContain('"code":"store-corrupt"');
    expect(err).toContain('heads/sick.json in the store cannot be used');
    expect(err).toContain('plumb adopt CLUSTER');
    expect([await valueIn('a'), await valueIn('b')]).toEqual(['0', '1']);
    expect(await readFile(fileOf(keys.head('sick')), 'utf8')).toBe('garbage');
  });

  it('applies nothing that it could not record for want of space, and all of it when there is space', async () => {
    for (const name of ['sick', 'well']) expect((await plumb(`diff ${name}`)).exitCode).toBe(1);
    const before = await loadHead(engine.ports.store, 'sick');
    const { exitCode, err } = await plumb('sync --all', 'ulimit -f 0');
    expect(exitCode).toBe(2);
    expect(err.match(/"code":"store-unusable"/g)).toHaveLength(2);
    expect([await valueIn('a'), await valueIn('b')]).toEqual(['0', '0']);
    expect(await loadHead(engine.ports.store, 'sick')).toEqual(before);
    expect(await readdir(join(storeFolder(), '.writing'))).toEqual([]);
    expect(await plumb('sync --all')).toMatchObject({ exitCode: 0 });
    expect([await valueIn('a'), await valueIn('b')]).toEqual(['1', '1']);
  });
});

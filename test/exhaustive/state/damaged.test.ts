import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newHead } from '../../../shared/model/head.ts';
import { canonicalJson } from '../../../shared/model/json.ts';
import type { ObjectStore } from '../../../shared/ports.ts';
import { listHeads, loadHead, saveHead } from '../../../shared/state/heads.ts';
import { keys } from '../../../shared/state/keys.ts';
import { readAll } from '../../../shared/state/read-all.ts';
import { loadRegistry, saveDeclared, saveDeclaredProject } from '../../../shared/state/registry.ts';
import { findRender, loadRender, rememberRender, saveRender } from '../../../shared/state/renders.ts';
import { listSnapshots, loadSnapshot, saveSnapshot } from '../../../shared/state/snapshots.ts';
import { anApplication, aProject } from '../../unit/cli/examples.ts';
import { useFolderStores } from '../../unit/state/folder-place.ts';
import { aSnapshot } from '../../unit/workflows/compare/a-snapshot.ts';

const openStore = useFolderStores();

/** A render of one object of that name. */
const renderOf = (name: string) => {
  const manifests = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }];
  return { digest: createHash('sha256').update(canonicalJson(manifests)).digest('hex'), manifests };
};

type Kept = {
  readonly key: (name: string) => string;
  /** Writes it, as if for the first time. */
  readonly save: (store: ObjectStore, name: string) => Promise<unknown>;
  readonly load: (store: ObjectStore, name: string) => Promise<unknown>;
  /** What is listed beside it, and what is told as unreadable; undefined where nothing is listed. */
  readonly list?: (store: ObjectStore) => Promise<{ readonly found: number; readonly unreadable: readonly string[] }>;
  /** How it ends to save it where something is: a lost race is a value, and whoever lost it reads. Else it is the error. */
  readonly race?: 'lost';
};

const keysOf = (unreadable: readonly { readonly key: string }[]): readonly string[] => unreadable.map(({ key }) => key);
const declared = (name: string) => ({ application: anApplication(name), origin: 'a test' });
const inRegistry = async (store: ObjectStore) => {
  const { applications, projects, unreadable } = await loadRegistry(store);
  return { found: applications.length + projects.length, unreadable: keysOf(unreadable) };
};
/** The registry is only ever read as a whole. */
const loadDeclared = async (store: ObjectStore, key: string): Promise<unknown> => {
  const { applications, projects, unreadable } = await loadRegistry(store);
  const failed = unreadable.find((each) => each.key === key);
  if (failed !== undefined) throw failed.error;
  const found = [
    ...applications.map(({ application }) => keys.declaredApplication(application.project, application.name)),
    ...projects.map(({ project }) => keys.declaredProject(project.name)),
  ];
  return found.includes(key) ? key : undefined;
};

const objects: { readonly [kind: string]: Kept } = {
  head: {
    key: keys.head,
    save: (store, name) => saveHead(store, newHead(name, 'default', 'prod'), 'absent'),
    load: loadHead,
    list: async (store) => {
      const { heads, unreadable } = await listHeads(store);
      return { found: heads.length, unreadable: keysOf(unreadable) };
    },
    race: 'lost',
  },
  render: {
    key: (name) => keys.render('default', renderOf(name).digest),
    save: (store, name) => saveRender(store, 'default', renderOf(name)),
    load: (store, name) => loadRender(store, 'default', renderOf(name).digest),
  },
  rendered: {
    key: (name) => keys.renderNote('default', name),
    save: async (store, name) =>
      (await findRender(store, 'default', name)) ??
      rememberRender(store, 'default', { inputKey: name, digest: renderOf(name).digest, warnings: [] }),
    load: (store, name) => findRender(store, 'default', name),
  },
  application: {
    key: (name) => keys.declaredApplication('default', name),
    save: (store, name) => saveDeclared(store, declared(name), 'absent'),
    load: (store, name) => loadDeclared(store, keys.declaredApplication('default', name)),
    list: inRegistry,
  },
  project: {
    key: keys.declaredProject,
    save: (store, name) => saveDeclaredProject(store, { project: aProject(name), origin: 'a test' }),
    load: (store, name) => loadDeclared(store, keys.declaredProject(name)),
    list: inRegistry,
  },
  snapshot: {
    key: (name) => keys.snapshot('shop', name),
    save: (store, name) => saveSnapshot(store, aSnapshot(name)),
    load: (store, name) => loadSnapshot(store, 'shop', name),
    list: async (store) => {
      const { snapshots, unreadable } = await listSnapshots(store, 'shop');
      return { found: snapshots.length, unreadable: keysOf(unreadable) };
    },
  },
};

const isPacked = (key: string): boolean => key.endsWith('.gz');
const plainOf = (key: string, bytes: Uint8Array): Buffer => (isPacked(key) ? gunzipSync(bytes) : Buffer.from(bytes));
const packAs = (key: string, plain: Buffer): Buffer => (isPacked(key) ? gzipSync(plain) : plain);

const flipped = (bytes: Uint8Array, index: number): Buffer => {
  const changed = Buffer.from(bytes);
  changed[index] = (changed[index] ?? 0) ^ 1;
  return changed;
};
const bytesAt = async (store: ObjectStore, key: string): Promise<Uint8Array> =>
  (await store.get(key))?.body ?? Buffer.of();

type Damage = (key: string, bytes: Uint8Array, other: Uint8Array) => Uint8Array;
const damages: { readonly [damage: string]: Damage } = {
  'one byte of it is another': (key, bytes) =>
    packAs(key, flipped(plainOf(key, bytes), plainOf(key, bytes).length - 10)),
  'it is cut short': (_key, bytes) => bytes.slice(0, bytes.length - 20),
  'it is empty': () => Buffer.alloc(0),
  'a newer version wrote it': (key, bytes) =>
    packAs(key, Buffer.from(plainOf(key, bytes).toString().replace('"format":1', '"format":2'))),
  'another object of its kind is in its place': (_key, _bytes, other) => other,
  'an object of another kind is in its place': (key) =>
    packAs(key, Buffer.from('{"kind":"ref","format":1,"sha256":""}\n')),
};

const cases = Object.keys(objects).flatMap((kind) => Object.keys(damages).map((damage) => [kind, damage] as const));

async function damagedStore(kind: string, damage: string) {
  const store = await openStore();
  const kept = objects[kind] as Kept;
  for (const name of ['good', 'bad', 'other']) await kept.save(store, name);
  const key = kept.key('bad');
  const bytes = (damages[damage] as Damage)(key, await bytesAt(store, key), await bytesAt(store, kept.key('other')));
  await store.put(key, bytes);
  return { store, kept, key, bytes };
}

describe('an object of the store', () => {
  it.each(cases)(
    'of kind %s is a clear error when %s, and is not written over; others can be read',
    async (kind, damage) => {
      const { store, kept, key, bytes } = await damagedStore(kind, damage);
      const clear = {
        code: damage === 'a newer version wrote it' ? 'store-newer' : 'store-corrupt',
        object: key,
        message: expect.stringContaining(`${key} in the store `),
        hint: expect.stringMatching(/backup|[Dd]elete the object|Upgrade plumb/),
      };
      await expect(kept.load(store, 'bad')).rejects.toMatchObject(clear);
      expect(await kept.load(store, 'good')).toBeDefined();
      const saved = kept.save(store, 'bad');
      if (kept.race === 'lost') expect(await saved).toEqual({ won: false });
      else await expect(saved).rejects.toMatchObject(clear);
      expect(Buffer.from(await bytesAt(store, key))).toEqual(Buffer.from(bytes));
      if (kept.list !== undefined) expect(await kept.list(store)).toEqual({ found: 2, unreadable: [key] });
    },
  );

  it.each(Object.keys(objects))('of kind %s that is missing is absent, and can be written', async (kind) => {
    const store = await openStore();
    const kept = objects[kind] as Kept;
    expect(await kept.load(store, 'shop')).toBeUndefined();
    await kept.save(store, 'shop');
    expect(await kept.load(store, 'shop')).toBeDefined();
  });

  it.each(['render', 'snapshot'])(
    'of kind %s is read as it was, or not at all, whichever byte of it was changed',
    async (kind) => {
      const store = await openStore();
      const { save, load, key } = objects[kind] as Kept;
      await save(store, 'shop');
      const written = await load(store, 'shop');
      const bytes = await bytesAt(store, key('shop'));
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (index, mask) => {
          const changed = Buffer.from(bytes);
          changed[index] = (changed[index] ?? 0) ^ mask;
          await store.put(key('shop'), changed);
          const outcome = await load(store, 'shop').catch((error: { readonly code?: string }) => error.code);
          expect([written, 'store-corrupt', 'store-newer']).toContainEqual(outcome);
        }),
      );
    },
  );
});

describe('a list of objects', () => {
  const failing = (store: ObjectStore, fails: (key: string) => boolean): ObjectStore => ({
    put: (key, body) => store.put(key, body),
    delete: (key) => store.delete(key),
    list: (prefix) => store.list(prefix),
    entries: (prefix) => store.entries(prefix),
    get: async (key) => {
      if (fails(key)) throw new Error(`EIO: ${key}`);
      return store.get(key);
    },
  });

  it('is whole but for what the disk does not give, and an error when the disk gives nothing', async () => {
    const store = await openStore();
    for (const name of ['a', 'b']) await saveHead(store, newHead(name, 'default', 'prod'), 'absent');
    const parse = (_stored: unknown, key: string): string => key;
    const one = await readAll(
      failing(store, (key) => key.includes('/b')),
      'heads/',
      parse,
    );
    expect(one).toMatchObject({ found: ['heads/a.json'], unreadable: [{ key: 'heads/b.json' }] });
    await expect(
      readAll(
        failing(store, () => true),
        'heads/',
        parse,
      ),
    ).rejects.toThrow('EIO: heads/a.json');
  });
});

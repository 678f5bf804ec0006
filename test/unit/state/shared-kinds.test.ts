import { describe, expect, it } from '@jest/globals';
import { defaultProject } from '../../../shared/model/project.ts';
import type { RegisteredCluster } from '../../../shared/model/registered-cluster.ts';
import type { Declarations } from '../../../shared/model/registry.ts';
import type { WantedByGit } from '../../../shared/model/wanted.ts';
import type { ObjectStore } from '../../../shared/ports.ts';
import { loadAnnounced, saveAnnounced } from '../../../shared/state/announced.ts';
import {
  keptClusters,
  loadClusters,
  loadScanned,
  saveRegistered,
  saveScanned,
} from '../../../shared/state/clusters.ts';
import { isSameDeclared, parseDeclarations, saveDeclared } from '../../../shared/state/declared.ts';
import { keys } from '../../../shared/state/keys.ts';
import { keepMarkKey, loadMarkKey, loadOperatorSecrets, saveOperatorSecrets } from '../../../shared/state/operator.ts';
import { loadOutboxEntry, putIntoOutbox } from '../../../shared/state/outbox.ts';
import { digestRefs, parseRefs, saveRefs, seenOf } from '../../../shared/state/refs.ts';
import { loadWanted, saveWanted, specOf } from '../../../shared/state/wanted.ts';
import { failureOf } from '../../support/failure-of.ts';
import { recordingStore } from '../../support/jobs/recording-store.ts';
import { MemoryStore } from '../../support/model/memory-store.ts';
import { shop } from '../plan/samples.ts';

const wanted: WantedByGit = { application: 'shop', project: 'default', at: '2026-01-01T00:00:00.000Z', origin: 'tick' };
const cluster: RegisteredCluster = {
  id: 'arn:prod',
  name: 'prod',
  aliases: [],
  zone: 'public',
  server: 'https://prod',
  certificateAuthority: '',
  isPrivate: false,
};

/** Puts an object into the place of another, as a person might who puts back a backup. */
async function misplace(store: ObjectStore, from: string, to: string): Promise<void> {
  await store.put(to, (await store.get(from))?.body ?? new Uint8Array());
}

describe('What Git makes of an application', () => {
  it('comes back as it was said, and is replaced only by whoever knows what is there', async () => {
    const store = new MemoryStore();
    expect(await loadWanted(store, 'default', 'shop')).toBeUndefined();
    expect(await saveWanted(store, wanted, undefined)).toBe(true);
    expect(await saveWanted(store, { ...wanted, origin: 'late' }, undefined)).toBe(false);
    const loaded = await loadWanted(store, 'default', 'shop');
    expect(loaded?.wanted).toEqual(wanted);
    expect(await saveWanted(store, { ...wanted, origin: 'next' }, loaded?.etag)).toBe(true);
    expect(await saveWanted(store, { ...wanted, origin: 'late' }, loaded?.etag)).toBe(false);
  });

  it('is refused in the place of another application', async () => {
    const store = new MemoryStore();
    await saveWanted(store, wanted, undefined);
    await misplace(store, keys.wantedOf('default', 'shop'), keys.wantedOf('default', 'other'));
    expect(await failureOf(loadWanted(store, 'default', 'other'))).toMatchObject({ code: 'store-corrupt' });
  });

  it.each([
    ['its sources', { ...shop, sources: [{ repoURL: 'https://git/x', path: 'app', targetRevision: 'v2' }] }, {}, false],
    ['its destination', { ...shop, destination: { server: 'https://other', namespace: 'shop' } }, {}, false],
    ['what its project allows', shop, { sourceRepos: ['https://git/*'] }, false],
    [
      'its sync policy',
      { ...shop, syncPolicy: { ...shop.syncPolicy, syncOptions: ['ServerSideApply=true'] } },
      {},
      true,
    ],
    ['its annotations', { ...shop, annotations: { note: 'x' } }, {}, true],
  ])('depends or not on %s', (_what, application, project, isSame) => {
    expect(specOf(application, { ...defaultProject, ...project }) === specOf(shop, defaultProject)).toBe(isSame);
  });
});

describe('Declarations', () => {
  const declarations: Declarations = {
    applications: [{ application: shop, origin: 'control' }],
    projects: [defaultProject],
    rejected: [{ name: 'broken', origin: 'control', error: new Error('it has no source') as never }],
  };

  it('come back with what was rejected of them', async () => {
    const store = new MemoryStore();
    expect(await saveDeclared(store, declarations, undefined)).toBe(true);
    expect(await saveDeclared(store, declarations, undefined)).toBe(false);
    const stored = await store.get(keys.declared);
    const read = await parseDeclarations(stored ?? { body: new Uint8Array(), etag: '' }, keys.declared);
    expect(read).toMatchObject({ applications: declarations.applications, projects: declarations.projects });
    expect(read.rejected[0]?.error.message).toBe('it has no source');
    expect(isSameDeclared(read, declarations)).toBe(true);
    expect(isSameDeclared(read, { ...declarations, rejected: [] })).toBe(false);
  });
});

describe('Refs', () => {
  const main = { name: 'refs/heads/main', oid: 'a' };
  const tag = { name: 'refs/tags/v1', oid: 'b', peeled: 'c' };

  it('are the same in any order, and others when any of them has moved', () => {
    expect(digestRefs([main, tag])).toBe(digestRefs([tag, main]));
    const others = [
      [main],
      [main, { ...tag, peeled: 'd' }],
      [{ ...main, oid: 'd' }, tag],
      [{ ...main, target: 'x' }, tag],
    ];
    for (const other of others) expect(digestRefs(other)).not.toBe(digestRefs([main, tag]));
  });

  it('are remembered apart for those who are declared in a repository and those who follow it', async () => {
    const store = new MemoryStore();
    const url = 'https://git/x.git';
    await saveRefs(store, { of: seenOf.applications(url), digest: '1' });
    await saveRefs(store, { of: seenOf.declarations(url), digest: '2' });
    const [one = '', other = ''] = store.keysBelow(keys.allRefs);
    await misplace(store, one, other);
    expect(() => parseRefs(store.peek(other) ?? { body: new Uint8Array(), etag: '' }, other)).toThrow('it is of');
  });
});

describe('A registered cluster', () => {
  it('is written where it is news, and listed without what scans found out', async () => {
    const { store, of, forget } = recordingStore(new MemoryStore());
    expect(await saveRegistered(store, cluster)).toBe(true);
    await saveScanned(store, { id: cluster.id }, undefined);
    forget();
    expect(await saveRegistered(store, cluster)).toBe(false);
    expect(of('put')).toEqual([]);
    const kept = keptClusters();
    expect(await loadClusters(store, kept)).toEqual([cluster]);
    await store.delete(keys.registeredCluster(cluster.id));
    expect(await loadClusters(store, kept)).toEqual([]);
  });

  it('that cannot be read is an error: what means it would be taken for unknown', async () => {
    const store = new MemoryStore();
    await saveRegistered(store, cluster);
    await store.put(keys.registeredCluster('arn:stage'), Buffer.from('{}'));
    expect(await failureOf(loadClusters(store, keptClusters()))).toMatchObject({ code: 'store-corrupt' });
  });

  it('keeps what its newest scan found out', async () => {
    const store = new MemoryStore();
    expect(await loadScanned(store, cluster.id)).toBeUndefined();
    expect(await saveScanned(store, { id: cluster.id }, undefined)).toBe(true);
    expect(await saveScanned(store, { id: cluster.id }, undefined)).toBe(false);
    expect((await loadScanned(store, cluster.id))?.scanned).toEqual({ id: cluster.id });
    await misplace(store, keys.clusterFacts(cluster.id), keys.clusterFacts('arn:stage'));
    expect(await failureOf(loadScanned(store, 'arn:stage'))).toMatchObject({ code: 'store-corrupt' });
  });
});

describe('The outbox', () => {
  const place = { time: '2026-01-01T00:00:00.000Z', id: 'one' };

  it('keeps an entry until it is told; put twice, it is one', async () => {
    const store = new MemoryStore();
    await putIntoOutbox(store, place, { tell: 'events', events: [] });
    await putIntoOutbox(store, place, { tell: 'dead-letter', body: '', reason: '' });
    const key = keys.outboxEntry(place.time, place.id);
    expect(await loadOutboxEntry(store, key)).toEqual({ tell: 'events', events: [] });
    await store.delete(key);
    expect(await loadOutboxEntry(store, key)).toBeUndefined();
  });

  it('has its entries in the order of their time', async () => {
    const store = new MemoryStore();
    const times = ['2026-01-01T00:00:09.999Z', '2026-01-01T00:00:10.000Z', '2026-01-01T00:00:10.001Z'];
    for (const time of times.toReversed())
      await putIntoOutbox(store, { time, id: 'x' }, { tell: 'events', events: [] });
    expect(store.keysBelow(keys.outbox)).toEqual(times.map((time) => keys.outboxEntry(time, 'x')));
  });
});

describe('What the operator says', () => {
  it('of secrets is kept as it was written, written where it is news, and gone when nothing is said any more', async () => {
    const { store, of } = recordingStore(new MemoryStore());
    expect(await loadOperatorSecrets(store)).toBeUndefined();
    await saveOperatorSecrets(store, 'providers: {}\n');
    await saveOperatorSecrets(store, 'providers: {}\n');
    expect(await loadOperatorSecrets(store)).toBe('providers: {}\n');
    expect(of('put')).toHaveLength(1);
    await saveOperatorSecrets(store, undefined);
    await saveOperatorSecrets(store, undefined);
    expect(await loadOperatorSecrets(store)).toBeUndefined();
    expect(of('delete')).toHaveLength(1);
  });

  it('is joined by a key for marks, made once, and told to be on its way before', async () => {
    const store = new MemoryStore();
    expect(await failureOf(loadMarkKey(store))).toMatchObject({ code: 'store-unusable', retryable: true });
    await keepMarkKey(store, (length) => Buffer.alloc(length, 7));
    await keepMarkKey(store, (length) => Buffer.alloc(length, 8));
    expect(await loadMarkKey(store)).toEqual(Buffer.alloc(32, 7));
  });
});

describe('What was announced', () => {
  it('is remembered by application', async () => {
    const store = new MemoryStore();
    const announced = {
      application: 'shop',
      sync: 'Synced',
      health: 'Healthy',
      at: '2026-01-01T00:00:00.000Z',
    } as const;
    expect(await loadAnnounced(store, 'shop')).toBeUndefined();
    await saveAnnounced(store, announced);
    expect(await loadAnnounced(store, 'shop')).toEqual(announced);
    await misplace(store, keys.announced('shop'), keys.announced('other'));
    expect(await failureOf(loadAnnounced(store, 'other'))).toMatchObject({ code: 'store-corrupt' });
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ObjectStore } from '../../shared/ports.ts';
import { incrementTimes } from './object-store-increment.ts';

/** An empty place of state; `connect` gives a further client of the same place. */
export type StorePlace = { readonly connect: () => ObjectStore; readonly remove: () => Promise<void> };

/** The promises of the ObjectStore port. Every adapter has to pass. */
export function describeObjectStore(name: string, makePlace: () => Promise<StorePlace>): void {
  describe(`${name} as an object store`, () => {
    let place: StorePlace;

    beforeEach(async () => {
      place = await makePlace();
    });

    afterEach(() => place.remove());

    const connect = (): ObjectStore => place.connect();
    testReading(connect);
    testConditions(connect);
    testDeleting(connect);
    testListing(connect);
    testRaces(connect);
  });
}

function testReading(connect: () => ObjectStore): void {
  it('says that an absent object is absent, before anything was written and after', async () => {
    const store = connect();
    expect(await store.get('heads/shop.json')).toBeUndefined();
    expect(await store.list('heads/')).toEqual([]);
    await store.put('heads/shop.json', bytes('1'));
    expect(await store.get('heads/other.json')).toBeUndefined();
  });

  it.each([
    ['an empty object', new Uint8Array()],
    ['text', bytes('{"a":"ü"}\n')],
    ['all byte values', Uint8Array.from({ length: 256 }, (_, index) => index)],
    ['two megabytes', new Uint8Array(2_000_000).fill(7)],
  ])('gives back %s byte for byte, to every client', async (_, body) => {
    const store = connect();
    const put = await store.put('renders/p/1.json.gz', body);
    const got = await connect().get('renders/p/1.json.gz');
    expect(Buffer.from(got?.body ?? []).equals(body)).toBe(true);
    expect(put).toEqual({ won: true, etag: got?.etag });
  });

  it('replaces an object when nothing is asked of it', async () => {
    const store = connect();
    await store.put('a/b', bytes('old, and longer'));
    await store.put('a/b', bytes('new'));
    expect(await text(store, 'a/b')).toBe('new');
  });

  it('gives another etag to another content', async () => {
    const store = connect();
    const first = await store.put('a/b', bytes('1'));
    const second = await store.put('a/b', bytes('2'));
    expect(first).not.toEqual(second);
  });
}

function testConditions(connect: () => ObjectStore): void {
  it('writes if absent only when there is no object', async () => {
    const store = connect();
    expect(await store.put('a/b', bytes('first'), 'absent')).toMatchObject({ won: true });
    expect(await store.put('a/b', bytes('second'), 'absent')).toEqual({ won: false });
    expect(await text(store, 'a/b')).toBe('first');
  });

  it('writes if it has the etag only while it has', async () => {
    const store = connect();
    const first = won(await store.put('a/b', bytes('1')));
    const second = won(await store.put('a/b', bytes('2'), { etag: first }));
    expect(await store.put('a/b', bytes('3'), { etag: first })).toEqual({ won: false });
    expect(await text(store, 'a/b')).toBe('2');
    expect(await store.put('a/b', bytes('3'), { etag: second })).toMatchObject({ won: true });
  });

  it('does not write if the object that had the etag is gone', async () => {
    const store = connect();
    const etag = won(await store.put('a/b', bytes('1')));
    await store.delete('a/b');
    expect(await store.put('a/b', bytes('2'), { etag })).toEqual({ won: false });
    expect(await store.get('a/b')).toBeUndefined();
  });

  it('takes an etag that another client gave', async () => {
    const store = connect();
    const etag = won(await connect().put('a/b', bytes('1')));
    expect(await store.put('a/b', bytes('2'), { etag })).toMatchObject({ won: true });
  });
}

function testDeleting(connect: () => ObjectStore): void {
  it('deletes, whether or not the object is there', async () => {
    const store = connect();
    await store.put('a/b', bytes('1'));
    await store.delete('a/b');
    await store.delete('a/b');
    await store.delete('never/was');
    expect(await store.get('a/b')).toBeUndefined();
    expect(await store.put('a/b', bytes('2'), 'absent')).toMatchObject({ won: true });
  });
}

function testListing(connect: () => ObjectStore): void {
  it('lists the keys below a prefix in order, and no others', async () => {
    const store = connect();
    const written = ['heads/b.json', 'heads/a.json', 'heads/a-b.json', 'headsets/c', 'registry/p/a.json', 'top'];
    await Promise.all(written.map((key) => store.put(key, bytes(key))));
    expect(await store.list('heads/')).toEqual(['heads/a-b.json', 'heads/a.json', 'heads/b.json']);
    expect(await store.list('heads/a')).toEqual(['heads/a-b.json', 'heads/a.json']);
    expect(await store.list('registry/')).toEqual(['registry/p/a.json']);
    expect(await store.list('')).toEqual([...written].sort());
    expect(await store.list('nothing/here/')).toEqual([]);
  });

  it('lists keys with the etags that they have now', async () => {
    const store = connect();
    for (const key of ['heads/b.json', 'heads/a.json', 'headsets/c']) await store.put(key, bytes(key));
    const first = await store.entries('heads/');
    expect(first.map(({ key }) => key)).toEqual(['heads/a.json', 'heads/b.json']);
    for (const { key, etag } of first) expect((await connect().get(key))?.etag).toBe(etag);
    const changed = won(await connect().put('heads/a.json', bytes('other')));
    await connect().delete('heads/b.json');
    expect(await store.entries('heads/')).toEqual([{ key: 'heads/a.json', etag: changed }]);
    expect(await store.entries('nothing/here/')).toEqual([]);
  });

  it('takes every character that keys are made of', async () => {
    const store = connect();
    const key = `refs/${'0'.repeat(32)}/%52elease%2f1.2~x_y.json`;
    await store.put(key, bytes('1'));
    expect(await store.list('refs/')).toEqual([key]);
    expect(await text(store, key)).toBe('1');
  });
}

function testRaces(connect: () => ObjectStore): void {
  it('lets exactly one of many writers be the first', async () => {
    const store = connect();
    const clients = Array.from({ length: 20 }, () => connect());
    const results = await Promise.all(clients.map((client, index) => client.put('a/b', bytes(`${index}`), 'absent')));
    const winners = results.flatMap((result, index) => (result.won ? [`${index}`] : []));
    expect(winners).toEqual([await text(store, 'a/b')]);
  });

  it('lets exactly one of many writers replace a version, and never loses an update', async () => {
    const store = connect();
    await store.put('count', bytes('0'));
    const clients = Array.from({ length: 8 }, () => connect());
    await Promise.all(clients.map((client) => incrementTimes(client, 'count', 10)));
    expect(await text(store, 'count')).toBe('80');
  });

  it('writes several hundred objects at once', async () => {
    const store = connect();
    const names = Array.from({ length: 300 }, (_, index) => `heads/${1000 + index}.json`);
    const results = await Promise.all(names.map((key) => store.put(key, bytes(key), 'absent')));
    expect(results.every(({ won: isWon }) => isWon)).toBe(true);
    expect(await store.list('heads/')).toEqual(names);
  });
}

function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

async function text(store: ObjectStore, key: string): Promise<string> {
  return new TextDecoder().decode((await store.get(key))?.body);
}

function won(result: Awaited<ReturnType<ObjectStore['put']>>): string {
  if (!result.won) throw new Error('the write was lost');
  return result.etag;
}

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KeptObjects } from '../../../shared/state/kept-objects.ts';
import { recordingStore } from '../../support/jobs/recording-store.ts';
import { MemoryStore } from '../../support/model/memory-store.ts';

function open() {
  const memory = new MemoryStore();
  const recorded = recordingStore(memory);
  const kept = new KeptObjects<string>('things/', ({ body }) => {
    const text = Buffer.from(body).toString();
    if (text === 'broken') throw new Error('it is broken');
    return text;
  });
  const put = (name: string, text: string): Promise<unknown> => memory.put(`things/${name}`, Buffer.from(text));
  const load = async (asked?: (key: string) => boolean) => {
    recorded.forget();
    const { found, unreadable } = await kept.load(recorded.store, asked);
    return {
      found: Object.fromEntries([...found].map(([key, value]) => [key.replace('things/', ''), value])),
      unreadable: unreadable.map(({ key, error }) => `${key}: ${error.message}`),
      read: recorded.of('get').map((key) => key.replace('things/', '')),
      asked: recorded.calls.length,
    };
  };
  return { memory, kept, put, load };
}

describe('What is kept of a store', () => {
  it('is read once, with one listing', async () => {
    const { put, load } = open();
    await put('a', '1');
    await put('b', '2');
    expect(await load()).toMatchObject({ found: { a: '1', b: '2' }, read: ['a', 'b'], asked: 3 });
    expect(await load()).toMatchObject({ found: { a: '1', b: '2' }, read: [], asked: 1 });
  });

  it('is read again where it has changed, and only there', async () => {
    const { put, load } = open();
    await put('a', '1');
    await put('b', '2');
    await load();
    await put('b', '3');
    await put('c', '4');
    expect(await load()).toMatchObject({ found: { a: '1', b: '3', c: '4' }, read: ['b', 'c'] });
  });

  it('is forgotten when it is gone', async () => {
    const { memory, put, load, kept } = open();
    await put('a', '1');
    await load();
    await memory.delete('things/a');
    expect(await load()).toMatchObject({ found: {}, read: [] });
    expect([kept.valueOf('things/a'), kept.etagOf('things/a')]).toEqual([undefined, undefined]);
  });

  it('has what cannot be read beside it, read once like the rest, and found again when it is whole', async () => {
    const { put, load, kept } = open();
    await put('a', '1');
    await put('b', 'broken');
    expect(await load()).toMatchObject({ found: { a: '1' }, unreadable: ['things/b: it is broken'], read: ['a', 'b'] });
    expect(await load()).toMatchObject({ unreadable: ['things/b: it is broken'], read: [] });
    expect(kept.valueOf('things/b')).toBeUndefined();
    expect(kept.etagOf('things/b')).toBeDefined();
    await put('b', '2');
    expect(await load()).toMatchObject({ found: { a: '1', b: '2' }, unreadable: [], read: ['b'] });
  });

  it('is neither read nor given where it is not asked for, and is still known to those who ask', async () => {
    const { put, load } = open();
    await put('a', '1');
    await put('b', '2');
    const [onlyA, onlyB] = ['a', 'b'].map((name) => (key: string) => key === `things/${name}`);
    expect(await load(onlyA)).toMatchObject({ found: { a: '1' }, read: ['a'] });
    expect(await load(onlyB)).toMatchObject({ found: { b: '2' }, read: ['b'] });
    // As when the scans of two clusters take turns in one process.
    expect(await load(onlyA)).toMatchObject({ found: { a: '1' }, read: [] });
  });

  it('is left out when it goes between the listing and the reading', async () => {
    const { memory, put, kept } = open();
    await put('a', '1');
    const store = { ...recordingStore(memory).store, get: async () => undefined };
    expect((await kept.load(store)).found.size).toBe(0);
  });

  it('is an error where the store does not answer', async () => {
    const { memory, put, kept } = open();
    await put('a', '1');
    const store = { ...recordingStore(memory).store, get: () => Promise.reject(new Error('throttled')) };
    await expect(kept.load(store)).rejects.toThrow('throttled');
  });

  const change = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2', 'broken', undefined));

  it('is what a fresh reading gives, whatever came before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 6 }), async (rounds) => {
        const warm = open();
        for (const changes of rounds) {
          for (const [name, text] of changes)
            await (text === undefined ? warm.memory.delete(`things/${name}`) : warm.put(name, text));
          const { found, unreadable } = await warm.load();
          const fresh = await new KeptObjects('things/', ({ body }) => Buffer.from(body).toString()).load(warm.memory);
          const whole = [...fresh.found].filter(([, text]) => text !== 'broken');
          expect(found).toEqual(Object.fromEntries(whole.map(([key, text]) => [key.replace('things/', ''), text])));
          expect(unreadable).toHaveLength(fresh.found.size - whole.length);
        }
      }),
      { numRuns: 50 },
    );
  });
});

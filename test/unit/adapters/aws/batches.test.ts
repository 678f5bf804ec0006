import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Outcome } from '../../../../shared/adapters/aws/attempt.ts';
import { createBatches } from '../../../../shared/adapters/aws/batches.ts';
import { createKeptReads } from '../../../../shared/adapters/aws/kept-reads.ts';
import { sessionNameFor } from '../../../../shared/adapters/aws/session-tags.ts';
import { Limit } from '../../../../shared/adapters/limit.ts';
import { awsStore } from '../../../support/aws/aws-beds.ts';

const found = (value: string): Outcome<string> => ({ ok: true, value });
const failed: Outcome<string> = { ok: false, failure: { kind: 'denied', action: 'x' } };

/** Batches of at most `size`, which keep what was asked for and answer a turn later. */
function watched(
  size: number,
  most: number,
): { read: (id: string) => Promise<Outcome<string>>; batches: (readonly string[])[] } {
  const batches: (readonly string[])[] = [];
  const read = createBatches<string>({
    size,
    limit: new Limit(most),
    load: async (ids) => {
      batches.push(ids);
      await turn();
      return new Map(ids.map((id) => [id, found(`of ${id}`)]));
    },
    loadOne: async (id) => {
      batches.push([id]);
      return found(`of ${id}`);
    },
  });
  return { read, batches };
}

describe('reads that come in the same turn', () => {
  it('go in as few batches as they fit in, and each gets its own answer, whatever their number', async () => {
    const numbers = fc.record({
      count: fc.integer({ min: 1, max: 90 }),
      size: fc.integer({ min: 2, max: 20 }),
      most: fc.integer({ min: 1, max: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(numbers, async ({ count, size, most }) => {
        const { read, batches } = watched(size, most);
        const ids = Array.from({ length: count }, (_, index) => `${index}`);
        const answers = await Promise.all(ids.map(read));
        expect(answers).toEqual(ids.map((id) => found(`of ${id}`)));
        expect(batches.flat()).toEqual(ids);
        expect(batches).toHaveLength(Math.ceil(count / size));
      }),
      { numRuns: 40 },
    );
  });

  it('take along those that come while they wait for their turn', async () => {
    const { read, batches } = watched(10, 1);
    const first = Array.from({ length: 15 }, (_, index) => read(`a${index}`));
    await turn();
    const second = Array.from({ length: 5 }, (_, index) => read(`b${index}`));
    await Promise.all([...first, ...second]);
    expect(batches.map(({ length }) => length)).toEqual([10, 10]);
  });

  it('all end when loading throws', async () => {
    const fail = async (): Promise<never> => {
      throw new Error('broken');
    };
    const read = createBatches<string>({ size: 2, limit: new Limit(1), load: fail, loadOne: fail });
    const ends = await Promise.allSettled(['a', 'b', 'c'].map(read));
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });
});

describe('a read', () => {
  it('is kept for those who come soon after, then dropped, value and all', async () => {
    jest.useFakeTimers();
    try {
      let made = 0;
      const reads = createKeptReads<string>(10_000);
      const read = (): Promise<Outcome<string>> => reads.read('a', async () => found(`${++made}`));
      expect([await read(), await read()]).toEqual([found('1'), found('1')]);
      jest.advanceTimersByTime(9_999);
      expect(await read()).toEqual(found('1'));
      jest.advanceTimersByTime(1);
      expect(await read()).toEqual(found('2'));
      reads.forget();
      expect(await read()).toEqual(found('3'));
    } finally {
      jest.useRealTimers();
    }
  });

  it('that fails is shared by those who wait for it, and made anew for who comes later', async () => {
    let made = 0;
    const reads = createKeptReads<string>(10_000);
    const read = (): Promise<Outcome<string>> =>
      reads.read('a', async () => {
        made += 1;
        await turn();
        return failed;
      });
    await Promise.all([read(), read()]);
    expect(made).toBe(1);
    await read();
    expect(made).toBe(2);
  });

  it('that throws is not kept', async () => {
    const reads = createKeptReads<string>(10_000);
    const broken = reads.read('a', async () => {
      throw new Error('broken');
    });
    await expect(broken).rejects.toThrow('broken');
    expect(await reads.read('a', async () => found('x'))).toEqual(found('x'));
  });
});

describe('the name of a session', () => {
  it('is one that AWS takes, whatever the names are', () => {
    const name = fc.string({ minLength: 1, maxLength: 80 });
    const policy = fc.constantFrom('None', 'Simple', 'Custom');
    fc.assert(
      fc.property(name, name, policy, (namespace, store, sessionTagsPolicy) => {
        const identity = { ...awsStore('SecretsManager'), sessionTagsPolicy };
        const session = sessionNameFor(identity, { namespace, store: { kind: 'SecretStore', namespace, name: store } });
        expect(session).toMatch(/^[\w+=,.@-]{2,64}$/);
      }),
    );
  });
});

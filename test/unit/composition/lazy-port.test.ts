import { describe, expect, it } from '@jest/globals';
import { lazyPort } from '../../../shared/composition/lazy-port.ts';

type Counter = { add(number: number): Promise<number> };

describe('a lazy port', () => {
  it('makes its adapter at the first call, and once', async () => {
    let made = 0;
    const port = lazyPort<Counter>(async () => {
      made += 1;
      let sum = 0;
      return {
        add: async (number) => {
          sum += number;
          return sum;
        },
      };
    });
    expect(made).toBe(0);
    expect(await Promise.all([port.add(1), port.add(2)])).toEqual([1, 3]);
    expect(made).toBe(1);
  });

  it('hands on why its adapter cannot be made', async () => {
    const port = lazyPort<Counter>(() => Promise.reject(new Error('no tools')));
    await expect(port.add(1)).rejects.toThrow('no tools');
  });

  it('is not taken for a promise', async () => {
    const port = lazyPort<Counter>(async () => ({ add: async (number) => number }));
    expect(await (await Promise.resolve(port)).add(2)).toBe(2);
  });
});

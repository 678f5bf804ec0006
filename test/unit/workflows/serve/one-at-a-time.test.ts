import { describe, expect, it } from '@jest/globals';
import { oneAtATime } from '../../../../shared/workflows/serve/one-at-a-time.ts';

describe('An action that is never under way twice', () => {
  it('gives all who ask while it is under way the next one, and nobody one that began before they asked', async () => {
    const gates: PromiseWithResolvers<void>[] = [];
    const ask = oneAtATime(() => {
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      return gate.promise;
    });
    const first = ask();
    expect(ask()).toBe(first);
    await Promise.resolve();
    expect(gates).toHaveLength(1);
    const second = ask();
    expect(second).not.toBe(first);
    expect(ask()).toBe(second);
    await Promise.resolve();
    expect(gates).toHaveLength(1);
    gates[0]?.resolve();
    await first;
    await new Promise((resolve) => setImmediate(resolve));
    expect(gates).toHaveLength(2);
    gates[1]?.resolve();
    await second;
    expect(gates).toHaveLength(2);
  });
});

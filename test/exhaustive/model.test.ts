import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ObjectStore } from '../../shared/ports.ts';
import { forgettingPins, lastWordWins, staleReads } from '../support/model/broken-stores.ts';
import { type Command, command } from '../support/model/commands.ts';
import { runScenario, type Scenario } from '../support/model/run-scenario.ts';

/*
 * The real workflows over ports in memory. Every call of a port is a moment at which anything else may happen first: calls of another
 * process, a push, a rollback, a killed process, a clock that is set. What has to hold at each of these moments:
 *
 * - A head is written only over the one that was read, so heads form a chain; along it an operation that has ended or was given up
 *   never runs again, the names of snapshots rise, and nobody but a rollback or an unpin moves the head under a live worker.
 * - What is begun is what is pinned, or deployed, or what Git wanted when it was asked after the head before had been written: a look
 *   at Git that is older than what somebody else has saved decides nothing. What is refused is begun only when a person names it.
 * - A pin ends by an unpin, by another rollback, or by a render in Git that is not refused. Refusals end by an unpin.
 * - Each write is of an object that the saved head lists, as the operation's render has it, in the first wave after the worker saved
 *   the head last. So a worker that has lost the head unknowingly gets to write no more than the rest of one wave. Objects that are
 *   deleted are ours and not wanted; objects that were seen to be another application's are not written.
 * - A head speaks only of snapshots and renders that are there, and says the same of them.
 *
 * And when all has come to rest, with both servers looking at Git and cluster again: the cluster is what Git wants, or what stands
 * against it; all that is ours is in the inventory; snapshots and deployed render can be loaded.
 */

const scenario: fc.Arbitrary<Scenario> = fc.record({
  autoRollback: fc.boolean(),
  commands: fc.array(command, { minLength: 1, maxLength: 14 }),
});

const { MODEL_RUNS: moreRuns = '400', MODEL_SEED: otherSeed = '20261123' } = process.env;

describe('Two servers and people at work on one application', () => {
  it('keep every promise of head, operation, pin and snapshots, whatever comes between two calls', async () => {
    const property = fc.asyncProperty(scenario, async (each) => void (await runScenario(each)));
    await fc.assert(property, { numRuns: Number(moreRuns), seed: Number(otherSeed) });
  });

  it('goes the same way every time', async () => {
    const [sample] = fc.sample(scenario, { numRuns: 1, seed: 7 });
    const traces = [await runScenario(sample as Scenario), await runScenario(sample as Scenario)];
    expect(traces[0]?.trace.length).toBeGreaterThan(50);
    expect(traces[1]?.trace).toEqual(traces[0]?.trace);
  });
});

type Sabotaged = (store: ObjectStore) => ObjectStore;

const checkWith = (store: Sabotaged, endOnFailure: boolean) =>
  fc.check(
    fc.asyncProperty(scenario, async (each) => void (await runScenario(each, { store }))),
    { numRuns: 400, seed: 1, endOnFailure },
  );

describe('A server that slept through its lease with a write under way', () => {
  const undisturbed = (deed: Command['deed'], calls = 0): Command => ({ deed, calls, seed: 0 });

  it.each([18, 19, 20, 21, 22])('leaves nothing behind that is on no record, asleep after %i calls', async (calls) => {
    const commands = [
      undisturbed({ do: 'poll', who: 'A' }, calls),
      undisturbed({ do: 'stall', who: 'A' }),
      undisturbed({ do: 'wait', seconds: 120 }),
      undisturbed({ do: 'push', content: { a: '1', web: '22' } }),
      undisturbed({ do: 'poll', who: 'B' }, 45),
      undisturbed({ do: 'go on' }),
    ];
    const { trace } = await runScenario({ autoRollback: false, commands });
    expect(trace.join('\n')).toMatch(/A1 poll fails: sync-locked/);
  });
});

describe('The model check', () => {
  it('finds a compare-and-swap that always wins, and shows a short way to it', async () => {
    const { counterexample, errorInstance } = await checkWith(lastWordWins, false);
    expect(counterexample?.[0].commands.length).toBeLessThan(5);
    expect(String(errorInstance)).toMatch(/a head was written over one that was not read/);
    expect(String(errorInstance)).toMatch(/\n(poll|sync) \{.*\}\n/);
    expect(String(errorInstance)).toMatch(/\n {4}[AB]\d+ (poll|sync): put heads\/shop\.json/);
  });

  it.each<readonly [what: string, store: Sabotaged, found: RegExp]>([
    [
      'reads that are older than the last write',
      staleReads,
      /an operation that had ended, or was given up, runs again/,
    ],
    ['heads that are saved without their pin', forgettingPins, /a pin ended without a newer render in Git/],
  ])('finds %s', async (_, store, found) => {
    const { failed, errorInstance } = await checkWith(store, true);
    expect(failed).toBe(true);
    expect(String(errorInstance)).toMatch(found);
  });
});

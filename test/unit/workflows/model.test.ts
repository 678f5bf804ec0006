import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { command } from '../../support/model/commands.ts';
import { runScenario, type Scenario } from '../../support/model/run-scenario.ts';

const scenario: fc.Arbitrary<Scenario> = fc.record({
  autoRollback: fc.boolean(),
  commands: fc.array(command, { minLength: 1, maxLength: Number(process.env['LEN'] ?? 14) }),
});

describe('Two workers and people at once', () => {
  it('never lose, undo or mix up what the other did', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (each) => void (await runScenario(each))),
      {
        numRuns: Number(process.env['RUNS'] ?? 400),
        ...(process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) }),
      },
    );
    expect(true).toBe(true);
  });
});

import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { createNarrator } from '../../demo/narrator.ts';
import type { Stage } from '../../demo/stage.ts';
import { type Check, runSteps, type Step } from '../../demo/step.ts';

const held: Check = { what: 'water is wet', ok: true, detail: '' };
const failed: Check = { what: 'fire is cold', ok: false, detail: 'it is hot' };
const step = (title: string, run: Step['run']): Step => ({ title, run });
const lines: string[] = [];

function stage(signal: AbortSignal = new AbortController().signal): Stage {
  // The steps here use nothing else of a stage.
  return { narrator: createNarrator((text) => lines.push(text)), signal } as Stage;
}

describe('runSteps', () => {
  it('reports each step with its number, time and checks', async () => {
    const results = await runSteps([step('Water', async () => [held])], stage());
    expect(results).toEqual([{ step: '1 Water', ok: true, ms: expect.any(Number), checks: [held] }]);
  });

  it('does not run what comes after a failed step, and reports it as not reached', async () => {
    const results = await runSteps(
      [step('Fire', async () => [held, failed]), step('Water', async () => [held])],
      stage(),
    );
    expect(results.map(({ ok }) => ok)).toEqual([false, false]);
    expect(results[1]?.checks[0]?.detail).toContain('since step 1 Fire failed');
  });

  it('takes an error for a failed check that says what went wrong', async () => {
    const results = await runSteps([step('Fire', () => Promise.reject(new Error('no matches')))], stage());
    expect(results[0]?.checks).toEqual([{ what: 'the step runs to its end', ok: false, detail: 'no matches' }]);
  });

  it('takes a step without any check for failed', async () => {
    const results = await runSteps([step('Nothing', async () => [])], stage());
    expect(results[0]?.ok).toBe(false);
  });

  it('gives no result when it is interrupted', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    await expect(runSteps([step('Water', async () => [held])], stage(signal))).rejects.toThrow('interrupted');
  });

  it('says what failed, and why, to the reader', async () => {
    lines.length = 0;
    await runSteps([step('Fire', async () => [failed])], stage());
    expect(stripVTControlCharacters(lines.join(''))).toMatch(/✘ fire is cold.*it is hot/);
  });
});

import { messageOf } from '../../shared/errors.ts';
import type { Stage } from './stage.ts';

/** One thing that had to hold. `detail` says what was seen and, where it failed, what was expected. */
export type Check = { readonly what: string; readonly ok: boolean; readonly detail: string };

/** A chapter of the demo. It tells what it does through the stage's narrator and gives what it found. */
export type Step = {
  readonly title: string;
  readonly run: (stage: Stage) => Promise<readonly Check[]>;
};

/** What the report has for a step; `step` is its number and title. */
export type StepResult = {
  readonly step: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly checks: readonly Check[];
};

/**
 * Runs the steps in order; each one builds on those before, so after a failed one the rest is
 * reported as not reached. An interruption is an error.
 */
export async function runSteps(steps: readonly Step[], stage: Stage): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (const [index, { title, run }] of steps.entries()) {
    const step = `${index + 1} ${title}`;
    const failed = results.find(({ ok }) => !ok);
    if (failed !== undefined) {
      results.push({ step, ok: false, ms: 0, checks: [notReached(failed.step)] });
      continue;
    }
    stage.narrator.openStep(index + 1, title);
    const result = await runStep(step, () => run(stage));
    stage.signal.throwIfAborted();
    stage.narrator.closeStep(result);
    results.push(result);
  }
  return results;
}

async function runStep(step: string, run: () => Promise<readonly Check[]>): Promise<StepResult> {
  const start = performance.now();
  const checks = await run().catch((error: unknown) => [
    { what: 'the step runs to its end', ok: false, detail: messageOf(error) },
  ]);
  const ok = checks.length > 0 && checks.every((check) => check.ok);
  return { step, ok, ms: Math.round(performance.now() - start), checks };
}

function notReached(failed: string): Check {
  return { what: 'the step is reached', ok: false, detail: `not run, since step ${failed} failed` };
}

import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import pc from 'picocolors';
import { formatElapsed } from '../../cli/duration.ts';
import { messageOf } from '../../shared/errors.ts';
import { keepLogs } from './keep-logs.ts';
import { keepRunning } from './keep-running.ts';
import { createNarrator } from './narrator.ts';
import { type DemoOptions, demoUsage, parseDemoOptions } from './options.ts';
import { onStage, providePrograms, type Stage } from './stage.ts';
import { runSteps, type StepResult } from './step.ts';
import { story } from './story.ts';
import { formatSummary } from './summary.ts';

const exitCodes = { held: 0, failed: 1, usage: 2, interrupted: 130 } as const;
const write = (text: string): void => void process.stdout.write(text);

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) return exitCodes.usage;
  if (options.help) write(demoUsage);
  if (options.help) return exitCodes.held;
  try {
    return await perform(options);
  } catch (error) {
    process.stderr.write(`\n${messageOf(error)}\n`);
    return exitCodes.failed;
  }
}

function readOptions(args: readonly string[]): DemoOptions | undefined {
  try {
    return parseDemoOptions(args);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${demoUsage}`);
    return undefined;
  }
}

async function perform(options: DemoOptions): Promise<number> {
  const narrator = createNarrator(write);
  // Up to here Ctrl-C ends this process at once, as nothing runs yet.
  const programs = await providePrograms();
  const signal = listenForInterruption();
  const start = performance.now();
  write(`\n${pc.bold('Kotaemon on a real Kubernetes control plane, kept as Git says by plumb')}\n\n`);
  try {
    return await onStage({ narrator, signal, programs }, async (stage) => {
      narrator.clock(performance.now() - start, 'control plane, Git server and repository are set up');
      const results = await runSteps(story, stage);
      return conclude(stage, { options, results });
    });
  } catch (error) {
    if (signal.aborted) return exitCodes.interrupted;
    throw error;
  }
}

type Ending = { readonly options: DemoOptions; readonly results: readonly StepResult[] };

async function conclude(stage: Stage, { options, results }: Ending): Promise<number> {
  const ms = results.reduce((sum, result) => sum + result.ms, 0);
  const held = results.every(({ ok }) => ok);
  write(`\n${formatSummary(results)}\n   ${formatElapsed(ms)} in all\n`);
  if (options.report !== undefined) await writeFile(options.report, `${JSON.stringify(results, null, 2)}\n`);
  if (!held) write(`\n   the logs of all processes are kept in ${await keepLogs(stage)}\n`);
  if (options.keep) await keepRunning(stage, write);
  return held ? exitCodes.held : exitCodes.failed;
}

/** The first signal lets the story end in order; a second one ends this process, and its guards then clean up. */
function listenForInterruption(): AbortSignal {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (interruption.signal.aborted) process.exit(exitCodes.interrupted);
      process.stderr.write('\ntaking everything down …\n');
      interruption.abort(new Error('interrupted'));
    });
  }
  return interruption.signal;
}

import { CommanderError } from 'commander';
import { PlumbError } from '../shared/errors.ts';
import { coloursFor } from './output/colours.ts';
import { formatFailure, toRecord } from './output/failure.ts';
import { createProgram } from './program.ts';
import { createAct, exitCodes } from './session.ts';
import type { Shell } from './shell.ts';

/** Runs one command line in a shell and gives its exit code. Never throws. */
export async function runPlumb(words: readonly string[], shell: Shell): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const act = createAct(shell, (code) => {
    exitCode = code;
  });
  const program = createProgram(act);
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureOutput({ writeOut: shell.writeOut, writeErr: shell.writeErr, outputError: () => {} });
  }
  try {
    await program.parseAsync(words.length === 0 ? ['--help'] : [...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    shell.writeErr(formatUsage(error, words, shell));
    return exitCodes.error;
  }
  return exitCode;
}

/** What is wrong with the command line itself. */
function formatUsage(error: unknown, words: readonly string[], shell: Shell): string {
  const wrong = error instanceof CommanderError ? toUsage(error, words) : error;
  const asJson =
    /(^|\s)(-o|--output)[ =]?(json|yaml)(\s|$)/.test(words.join(' ')) ||
    ['json', 'yaml'].includes(shell.env['PLUMB_OUTPUT'] ?? '');
  if (asJson) return `${JSON.stringify(toRecord(wrong))}\n`;
  return formatFailure(wrong, { colours: coloursFor(shell.env, shell.errIsTerminal), verbose: false });
}

function toUsage({ message }: CommanderError, words: readonly string[]): PlumbError {
  const command = words.find((word) => /^[a-z]+$/.test(word));
  const known = command !== undefined && !message.includes('unknown command');
  return new PlumbError('usage', message.replace(/^error: /, '').replace(/\n\(/, ' ('), {
    hint: `plumb ${known ? `${command} ` : ''}--help`,
  });
}

import { type Command, CommanderError } from 'commander';
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
    // A command that only has others below it has printed its help already.
    if (error instanceof CommanderError && error.code === 'commander.help') return exitCodes.error;
    shell.writeErr(formatUsage(error, { program, words }, shell));
    return exitCodes.error;
  }
  return exitCode;
}

/** What is wrong with the command line itself. */
function formatUsage(error: unknown, given: Given, shell: Shell): string {
  const { words } = given;
  const wrong = error instanceof CommanderError ? toUsage(error, given) : error;
  const asJson =
    /(^|\s)(-o|--output)[ =]?(json|yaml)(\s|$)/.test(words.join(' ')) ||
    ['json', 'yaml'].includes(shell.env['PLUMB_OUTPUT'] ?? '');
  if (asJson) return `${JSON.stringify(toRecord(wrong))}\n`;
  return formatFailure(wrong, { colours: coloursFor(shell.env, shell.errIsTerminal), verbose: false });
}

type Given = { readonly program: Command; readonly words: readonly string[] };

function toUsage({ message }: CommanderError, { program, words }: Given): PlumbError {
  const path = message.includes('unknown command') ? [] : commandPath(program, words);
  return new PlumbError('usage', message.replace(/^error: /, '').replace(/\n\(/, ' ('), {
    hint: ['plumb', ...path, '--help'].join(' '),
  });
}

/** The names of the command that was meant, from the outermost on. */
function commandPath(command: Command, [word, ...rest]: readonly string[]): readonly string[] {
  if (word === undefined) return [];
  const inner = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
  return inner === undefined ? commandPath(command, rest) : [word, ...commandPath(inner, rest)];
}

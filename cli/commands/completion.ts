import { Argument, Command } from 'commander';
import { completionFor, type ShellName, shells } from '../completion/scripts.ts';
import { type Act, exitCodes, type Run } from '../session.ts';
import { examples } from './examples.ts';

/** `plumb completion`: a script that completes commands, options and application names. */
export function completionCommand(act: Act, program: Command): Command {
  const complete: Run<object> = async ({ shell }, { names }) => {
    const { wordsOf } = await import('../completion/words.ts');
    shell.writeOut(completionFor(names[0] as ShellName, wordsOf(program)));
    return exitCodes.ok;
  };
  return new Command('completion')
    .addArgument(new Argument('<SHELL>', 'for which shell').choices(shells))
    .summary('print a completion script for bash, zsh or fish')
    .description('Prints a script that completes commands, options, their values and application names.')
    .addHelpText(
      'after',
      examples([
        'source <(plumb completion bash)',
        'plumb completion zsh > ~/.zfunc/_plumb',
        'plumb completion fish > ~/.config/fish/completions/plumb.fish',
      ]),
    )
    .action(act(complete));
}

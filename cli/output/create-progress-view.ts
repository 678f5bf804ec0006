import type { GlobalOptions } from '../global-options.ts';
import type { Shell } from '../shell.ts';
import { coloursFor } from './colours.ts';
import { JsonProgress } from './json-progress.ts';
import { LiveProgress } from './live-progress.ts';
import { PlainProgress } from './plain-progress.ts';
import type { ProgressView } from './progress-view.ts';

/** Live lines on a terminal, plain lines elsewhere, JSON lines for programs. */
export function createProgressView(
  shell: Shell,
  options: Pick<GlobalOptions, 'output' | 'quiet' | 'verbose'>,
): ProgressView {
  const quiet = options.quiet === true;
  const verbose = options.verbose === true;
  if (options.output !== 'table') return new JsonProgress(shell, { verbose });
  const style = {
    quiet,
    verbose,
    out: coloursFor(shell.env, shell.outIsTerminal),
    err: coloursFor(shell.env, shell.errIsTerminal),
  };
  const live = shell.errIsTerminal && !quiet && shell.env['CI'] === undefined && shell.env['TERM'] !== 'dumb';
  return live ? new LiveProgress(shell, style) : new PlainProgress(shell, style);
}

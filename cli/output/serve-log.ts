import type { Progress } from '../../shared/ports.ts';
import type { GlobalOptions } from '../global-options.ts';
import type { Shell } from '../shell.ts';
import { type Colours, coloursFor } from './colours.ts';
import { describeProgress } from './describe-progress.ts';
import type { ProgressView } from './progress-view.ts';

const passing: readonly Progress['type'][] = ['step', 'wave'];

const repeatAfterMs = 10 * 60_000;

/** What happens while serving, a line an event on stdout, with the time in front; as JSON, an object a line. */
export class ServeLog implements ProgressView {
  readonly #shell: Shell;
  readonly #options: Pick<GlobalOptions, 'output' | 'quiet' | 'verbose'>;
  readonly #colours: Colours;
  readonly #last = new Map<string, string>();
  readonly #said = new Map<string, number>();

  constructor(shell: Shell, options: Pick<GlobalOptions, 'output' | 'quiet' | 'verbose'>) {
    this.#shell = shell;
    this.#options = options;
    this.#colours = coloursFor(shell.env, shell.outIsTerminal);
  }

  report(progress: Progress): void {
    if (!this.#matters(progress)) return;
    const text = describeProgress(progress, this.#colours);
    // What is waited for comes with every look; it is news only when it changes.
    const key = `${progress.application ?? ''} ${progress.type}`;
    if (progress.type === 'waiting' && this.#last.get(key) === text) return;
    this.#last.set(key, text);
    if (progress.type === 'notice' && progress.level !== 'info' && this.#wasSaid(`${key} ${text}`)) return;
    this.#shell.writeOut(`${this.#format(progress, text)}\n`);
  }

  nameApplications(): void {}

  print(text: string, to: 'out' | 'err' = 'out'): void {
    if (to === 'out') this.#shell.writeOut(text);
    else this.#shell.writeErr(text);
  }

  finish(): void {}

  close(): void {}

  /** What goes wrong at each look is told again only after a while. */
  #wasSaid(text: string): boolean {
    const now = Date.now();
    if (now - (this.#said.get(text) ?? 0) < repeatAfterMs) return true;
    this.#said.set(text, now);
    return false;
  }

  #matters(progress: Progress): boolean {
    const { quiet, verbose } = this.#options;
    if (verbose === true) return true;
    if (progress.type === 'notice') return quiet !== true || progress.level !== 'info';
    if (passing.includes(progress.type)) return false;
    return quiet !== true && (progress.type !== 'object' || progress.result.action !== 'unchanged');
  }

  #format(progress: Progress, text: string): string {
    const time = new Date().toISOString();
    if (this.#options.output !== 'table') return JSON.stringify({ time, ...progress });
    const name = progress.application === undefined ? '' : `${this.#colours.bold(progress.application)}: `;
    const said = text.replace(`${progress.application}: `, '');
    return `${this.#colours.dim(time)} ${name}${said}`;
  }
}

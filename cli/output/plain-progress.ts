import type { Progress } from '../../shared/ports.ts';
import type { Shell } from '../shell.ts';
import type { Colours } from './colours.ts';
import { describeProgress } from './describe-progress.ts';
import type { ProgressView } from './progress-view.ts';

export type ProgressStyle = {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly out: Colours;
  readonly err: Colours;
};

/** Progress as lines, for logs: a line that says what an earlier one said of the same application is left out. */
export class PlainProgress implements ProgressView {
  readonly #shell: Pick<Shell, 'writeOut' | 'writeErr'>;
  readonly #style: ProgressStyle;
  readonly #last = new Map<string, string>();
  #named = false;
  /** Whose objects need no name, where one application was asked for. */
  #first: string | undefined;

  constructor(shell: Pick<Shell, 'writeOut' | 'writeErr'>, style: ProgressStyle) {
    this.#shell = shell;
    this.#style = style;
  }

  report(progress: Progress): void {
    this.#first ??= progress.application;
    const named = this.#named || progress.application !== this.#first;
    const line = permanentLine(progress, { ...this.#style, named });
    if (line?.to === 'out') this.#shell.writeOut(line.text);
    const text = line === undefined ? this.#passing(progress) : line.to === 'err' ? line.text : undefined;
    const key = `${progress.application} ${progress.type}`;
    if (text === undefined || this.#last.get(key) === text) return;
    this.#last.set(key, text);
    this.#shell.writeErr(text);
  }

  nameApplications(): void {
    this.#named = true;
  }

  print(text: string, to: 'out' | 'err' = 'out'): void {
    if (to === 'out') this.#shell.writeOut(text);
    else this.#shell.writeErr(text);
  }

  finish(application: string): void {
    for (const type of ['step', 'wave', 'waiting']) this.#last.delete(`${application} ${type}`);
  }

  close(): void {}

  #passing(progress: Progress): string | undefined {
    if (this.#style.quiet || progress.type === 'object' || progress.type === 'notice') return undefined;
    // What is waited for is told by name right after.
    if (progress.type === 'step' && progress.step === 'settle') return undefined;
    return `${progress.application}: ${describeProgress(progress, this.#style.err)}\n`;
  }
}

/** The line that stays for good, and where it goes; undefined for progress that passes. */
export function permanentLine(
  progress: Progress,
  style: ProgressStyle & { readonly named: boolean },
): { readonly to: 'out' | 'err'; readonly text: string } | undefined {
  if (progress.type === 'object') {
    const { action } = progress.result;
    if ((style.quiet && action !== 'failed') || (action === 'unchanged' && !style.verbose)) return undefined;
    const prefix = style.named ? `${progress.application}: ` : '';
    return { to: 'out', text: `${prefix}${describeProgress(progress, style.out)}\n` };
  }
  if (progress.type !== 'notice' || (style.quiet && progress.level === 'info')) return undefined;
  const prefix = progress.application === undefined ? '' : `${progress.application}: `;
  return { to: 'err', text: `${prefix}${describeProgress(progress, style.err)}\n` };
}

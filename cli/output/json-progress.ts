import type { Progress } from '../../shared/ports.ts';
import type { Shell } from '../shell.ts';
import type { ProgressView } from './progress-view.ts';

/** One JSON object a line on stderr: warnings and errors; with `verbose` all that happens. */
export class JsonProgress implements ProgressView {
  readonly #shell: Pick<Shell, 'writeOut' | 'writeErr'>;
  readonly #verbose: boolean;
  readonly #said = new Set<string>();

  constructor(shell: Pick<Shell, 'writeOut' | 'writeErr'>, { verbose }: { readonly verbose: boolean }) {
    this.#shell = shell;
    this.#verbose = verbose;
  }

  report(progress: Progress): void {
    const matters = this.#verbose || (progress.type === 'notice' && progress.level !== 'info');
    const line = JSON.stringify(progress);
    if (!matters || this.#said.has(line)) return;
    if (progress.type === 'notice') this.#said.add(line);
    this.#shell.writeErr(`${line}\n`);
  }

  nameApplications(): void {}

  print(text: string, to: 'out' | 'err' = 'out'): void {
    if (to === 'out') this.#shell.writeOut(text);
    else this.#shell.writeErr(text);
  }

  finish(): void {}

  close(): void {}
}

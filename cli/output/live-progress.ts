import type { Progress } from '../../shared/ports.ts';
import { formatElapsed } from '../duration.ts';
import type { Shell } from '../shell.ts';
import { coloursFor } from './colours.ts';
import { describeProgress, describeWaits } from './describe-progress.ts';
import { type ProgressStyle, permanentLine } from './plain-progress.ts';
import type { ProgressView } from './progress-view.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const beatMs = 100;
const plain = coloursFor({}, false);
const shownApplications = 8;

/** What is live of one application. */
export type LiveState = { readonly headline: string; readonly waits: readonly string[]; readonly since: number };

/** Progress on a terminal: what passes moves in a few lines at the bottom, what stays scrolls above them. */
export class LiveProgress implements ProgressView {
  readonly #shell: Shell;
  readonly #style: ProgressStyle;
  readonly #states = new Map<string, LiveState>();
  readonly #notices = new Set<string>();
  #named = false;
  /** Whose objects need no name, where one application was asked for. */
  #first: string | undefined;
  #shown = 0;
  #frame = 0;
  #beat: NodeJS.Timeout | undefined;

  constructor(shell: Shell, style: ProgressStyle) {
    this.#shell = shell;
    this.#style = style;
  }

  report(progress: Progress): void {
    this.#first ??= progress.application;
    const named = this.#named || progress.application !== this.#first;
    const line = permanentLine(progress, { ...this.#style, named });
    if (line !== undefined) this.#scroll(line);
    if (progress.type === 'object' || progress.type === 'notice') return;
    this.#states.set(progress.application, nextState(this.#states.get(progress.application), progress, Date.now()));
    this.#beat ??= setInterval(() => this.#draw(), beatMs).unref();
  }

  nameApplications(): void {
    this.#named = true;
  }

  print(text: string, to: 'out' | 'err' = 'out'): void {
    this.#clear();
    if (to === 'out') this.#shell.writeOut(text);
    else this.#shell.writeErr(text);
    this.#draw();
  }

  finish(application: string): void {
    this.#states.delete(application);
    this.#draw();
  }

  close(): void {
    clearInterval(this.#beat);
    this.#beat = undefined;
    this.#states.clear();
    this.#clear();
  }

  #scroll({ to, text }: { readonly to: 'out' | 'err'; readonly text: string }): void {
    if (to === 'err' && this.#notices.has(text)) return;
    if (to === 'err') this.#notices.add(text);
    this.print(text, to);
  }

  #clear(): void {
    if (this.#shown > 0) this.#shell.writeErr(`\x1b[${this.#shown}A\r\x1b[J`);
    this.#shown = 0;
  }

  #draw(): void {
    this.#clear();
    this.#frame = (this.#frame + 1) % frames.length;
    const lines = liveLines(this.#states, {
      now: Date.now(),
      width: this.#shell.width(),
      frame: frames[this.#frame] ?? '',
    });
    if (lines.length === 0) return;
    this.#shell.writeErr(`${lines.join('\n')}\n`);
    this.#shown = lines.length;
  }
}

/** The state after one more piece of progress; what is waited for stands until something else happens. */
export function nextState(
  before: LiveState | undefined,
  progress: Exclude<Progress, { type: 'object' | 'notice' }>,
  now: number,
): LiveState {
  const since = before?.since ?? now;
  if (before !== undefined && progress.type === 'step' && progress.step === 'settle') return before;
  if (progress.type !== 'waiting') return { headline: describeProgress(progress, plain), waits: [], since };
  return { headline: before?.headline ?? 'waiting', waits: describeWaits(progress), since };
}

/** The moving lines, none wider than the terminal: two or more an application, the eight oldest applications. */
export function liveLines(
  states: ReadonlyMap<string, LiveState>,
  screen: { readonly now: number; readonly width: number; readonly frame: string },
): readonly string[] {
  const shown = [...states].slice(0, shownApplications);
  const lines = shown.flatMap(([name, { headline, waits, since }]) => [
    `${screen.frame} ${name}: ${headline} (${formatElapsed(screen.now - since)})`,
    ...waits.map((wait) => `    waiting for ${wait}`),
  ]);
  const more = states.size - shown.length;
  const all = more > 0 ? [...lines, `  and ${more} more applications`] : lines;
  return all.map((line) => (line.length < screen.width ? line : `${line.slice(0, screen.width - 2)}…`));
}

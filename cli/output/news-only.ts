import type { Progress, Reporter } from '../../shared/ports.ts';

/** For what is done again and again: passes on only what the round before did not report already. */
export class NewsOnly implements Reporter {
  readonly #reporter: Reporter;
  #before = new Set<string>();
  #now = new Set<string>();

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  beginRound(): void {
    this.#before = this.#now;
    this.#now = new Set();
  }

  report(progress: Progress): void {
    const key = JSON.stringify(progress);
    const isNews = !this.#before.has(key) && !this.#now.has(key);
    this.#now.add(key);
    if (isNews) this.#reporter.report(progress);
  }
}

import type { ObjectResult } from '../../shared/model/change.ts';
import type { Progress, Reporter } from '../../shared/ports.ts';
import { gatherReasons, type SaidBefore } from './gather-reasons.ts';

/** Where failures go: `report` takes those that are told singly, `print` a line for many. */
export type FailureSink = Reporter & { print(text: string): void };

/** Passes progress on, but keeps failed objects back until their application is over: then many of one reason are one line. */
export class GatheredFailures implements Reporter {
  readonly #sink: FailureSink;
  readonly #said: SaidBefore;
  readonly #held = new Map<string, ObjectResult[]>();

  constructor(sink: FailureSink, said: SaidBefore) {
    this.#sink = sink;
    this.#said = said;
  }

  report(progress: Progress): void {
    if (progress.type !== 'object' || progress.result.action !== 'failed') this.#sink.report(progress);
    else this.#hold(progress.application, progress.result);
  }

  #hold(application: string, result: ObjectResult): void {
    if (this.#said.has(application, { ref: result.ref, reason: result.message })) return;
    this.#held.set(application, [...(this.#held.get(application) ?? []), result]);
  }

  /** Tells what failed of an application that is over. */
  flush(application: string): void {
    const results = this.#held.get(application) ?? [];
    this.#held.delete(application);
    const lines = gatherReasons(
      results.map(({ ref, message: reason }) => ({ ref, reason })),
      false,
    );
    if (lines.length === results.length)
      for (const result of results) this.#sink.report({ type: 'object', application, result });
    else for (const line of lines) this.#sink.print(`${application}: failed: ${line}\n`);
  }

  /** Tells what is still held back. */
  close(): void {
    for (const application of [...this.#held.keys()]) this.flush(application);
  }
}

import type { Queue, Queued } from '../../../shared/queue-ports.ts';

/** A queue in memory; messages of one id are one. */
export class MemoryQueue implements Queue {
  readonly #seen = new Set<string>();
  #waiting: Queued[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  async send(messages: readonly Queued[]): Promise<void> {
    for (const message of messages) {
      if (this.#seen.has(message.id)) continue;
      this.#seen.add(message.id);
      this.#waiting.push(message);
    }
  }

  /** Five minutes pass, after which a message of an id that was there is another one. */
  forgetIds(): void {
    this.#seen.clear();
  }

  /** All that wait. */
  take(): readonly Queued[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  /** A message that is to be worked on again. */
  putBack(message: Queued): void {
    this.#waiting.push(message);
  }
}

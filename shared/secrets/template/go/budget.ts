import { TemplateFailure } from './failure.ts';

const maxSteps = 1_000_000;
const maxBytes = 2 * 1024 * 1024;
const maxDepth = 100;
const bytesPerStep = 256;

/** What one render may use. It holds state: every step taken is gone. */
export class Budget {
  #steps = 0;
  #depth = 0;

  /** Takes steps; a template that has none left is stopped. */
  spend(steps: number): void {
    this.#steps += steps;
    if (!(this.#steps <= maxSteps))
      throw new TemplateFailure(
        'takes more than 1,000,000 steps',
        'look for a loop that goes on and on, or split the template',
      );
  }

  /** Steps for reading or writing so many bytes; a text of more than 2 MB is not made at all. */
  spendBytes(bytes: number): void {
    this.limitBytes(bytes);
    this.spend(bytes / bytesPerStep);
  }

  /** Refuses a text of more than 2 MB whose steps are paid for elsewhere. */
  limitBytes(bytes: number): void {
    if (!(bytes <= maxBytes))
      throw new TemplateFailure('makes a text of more than 2 MB', 'a Secret holds at most 1 MB; make the text shorter');
  }

  /** Does `work` one level deeper: nested templates, and values inside values. */
  descend<Result>(work: () => Result): Result {
    if (this.#depth >= maxDepth)
      throw new TemplateFailure('nests deeper than 100 levels', 'look for a template or a dict that contains itself');
    this.#depth += 1;
    try {
      return work();
    } finally {
      this.#depth -= 1;
    }
  }
}

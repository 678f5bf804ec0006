import type { Phase } from './operation.ts';

/** Why nothing was done: the code, the message and the way out of the error. */
export type Refused = { readonly code: string; readonly message: string; readonly hint?: string };

/**
 * What came of what a person had asked an installation for. A sync that finds nothing to do leaves no operation, and one that cannot
 * begin leaves none either: whoever waits for it is told here.
 */
export type Answered = {
  /** What asked for it. */
  readonly origin: string;
  /** ISO 8601. */
  readonly at: string;
  /** How its operation ended, or the last one where there was nothing to do; absent where nothing was done. */
  readonly phase?: Phase;
  readonly refused?: Refused;
};

import type { Budget } from '../go/budget.ts';

/** What a function may use beside its arguments. */
export type Environment = {
  readonly now: Date;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly budget: Budget;
};

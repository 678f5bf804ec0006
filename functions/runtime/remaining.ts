import type { Context } from 'aws-lambda';

let ask: () => number = () => 0;

/** How many milliseconds are left of the invocation under way. */
export const remaining = {
  ms: (): number => ask(),
  of: (context: Pick<Context, 'getRemainingTimeInMillis'>): void => {
    ask = () => context.getRemainingTimeInMillis();
  },
} as const;

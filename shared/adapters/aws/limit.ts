/** Runs a job as soon as fewer than the limit are running, in the order they came. */
export type Limit = <Value>(job: () => Promise<Value>) => Promise<Value>;

/** Bounds how many jobs run at once. */
export function createLimit(most: number): Limit {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (job) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

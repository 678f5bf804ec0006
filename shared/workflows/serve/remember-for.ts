import type { Clock } from '../../ports.ts';

/** What was read counts for so many milliseconds: for what many ask at once. A failure is not remembered. */
export function rememberFor<Value>(ms: number, clock: Clock, read: () => Promise<Value>): () => Promise<Value> {
  let known: { readonly value: Promise<Value>; readonly at: number } | undefined;
  return () => {
    const now = clock.now().getTime();
    if (known !== undefined && Math.abs(now - known.at) < ms) return known.value;
    const value = read();
    known = { value, at: now };
    value.catch(() => {
      known = undefined;
    });
    return value;
  };
}

/** Unpredictable bytes. */
export type RandomBytes = (length: number) => Uint8Array;

const range = 2 ** 32;

/** An unpredictable whole number from zero up to but not including a limit, each as likely as another. */
export function randomBelow(limit: number, randomBytes: RandomBytes): number {
  const fair = range - (range % limit);
  for (;;) {
    const drawn = Buffer.from(randomBytes(4)).readUInt32BE();
    if (drawn < fair) return drawn % limit;
  }
}

/** The same items in an unpredictable order. */
export function shuffled<Item>(items: readonly Item[], randomBytes: RandomBytes): readonly Item[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(randomBelow(rest.length, randomBytes), 1));
}

/** So many of the items, in an unpredictable order; one may come several times only where that is allowed. */
export function randomSample<Item>(
  items: readonly Item[],
  { count, allowRepeat }: { readonly count: number; readonly allowRepeat: boolean },
  randomBytes: RandomBytes,
): readonly Item[] {
  if (!allowRepeat) return shuffled(items, randomBytes).slice(0, count);
  return Array.from({ length: count }, () => items[randomBelow(items.length, randomBytes)]).filter(
    (item) => item !== undefined,
  );
}

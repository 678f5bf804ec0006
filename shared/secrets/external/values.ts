/** What a provider's answers came to: bytes by the key that they will have in the Secret. */
export type Values = ReadonlyMap<string, Uint8Array>;

/** The entries in the order of their keys' bytes, so that nothing depends on the order in which answers came. */
export function sortedEntries(values: Values): readonly (readonly [string, Uint8Array])[] {
  return [...values].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
}

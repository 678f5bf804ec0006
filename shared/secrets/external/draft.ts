import type { Json } from '../../model/json.ts';

/** Where a value of a draft goes: a key of data, labels or annotations, or a path in another kind than Secret. */
export type DraftPlace = { readonly target: string; readonly key?: string };

/** What is to be written into the target, in order; `tainted`: it may hold a value, or a part of one. */
export type DraftEntry = DraftPlace & { readonly name: string; readonly tainted: boolean } & (
    | { readonly bytes: Uint8Array }
    | { readonly json: Json }
  );

/** The last entry for each key of a target. */
export function entriesOf(
  draft: readonly DraftEntry[],
  target: string,
): ReadonlyMap<string, DraftEntry & { readonly bytes: Uint8Array }> {
  const entries = draft.flatMap((entry) =>
    entry.target === target && entry.key !== undefined && 'bytes' in entry ? [[entry.key, entry] as const] : [],
  );
  return new Map(entries);
}

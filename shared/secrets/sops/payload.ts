import type { Json } from '../../model/json.ts';
import type { Leaf, OpenedLeaf } from './decrypt-leaves.ts';

/** A value of a file, and where its text stands. */
export type PlacedLeaf = Leaf & { readonly start: number; readonly end: number };

/** An encrypted file that was read. */
export type ReadPayload = {
  readonly leaves: readonly PlacedLeaf[];
  readonly block: Json;
  /** The file without its sops block, decrypted values in their places and all else as it was. */
  readonly write: (opened: readonly OpenedLeaf<PlacedLeaf>[]) => Uint8Array;
};

export type Edit = { readonly start: number; readonly end: number; readonly text: string };

/** A text with parts of it replaced. */
export function replaceParts(text: string, edits: readonly Edit[]): string {
  const sorted = edits.toSorted((left, right) => left.start - right.start);
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text: replacement } of sorted) {
    parts.push(text.slice(at, start), replacement);
    at = end;
  }
  return [...parts, text.slice(at)].join('');
}

/** The text of decrypted bytes; undefined: they are no UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

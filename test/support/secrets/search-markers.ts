import { type Form, formsOf } from './marker-forms.ts';

/** A form of a marker, found somewhere. It names the marker and does not hold it. */
export type Hit = { readonly marker: string; readonly form: string; readonly where: string };

/** What was looked for, and in how much. */
export type Searched = {
  readonly markers: number;
  readonly forms: number;
  readonly places: number;
  readonly bytes: number;
};

export type MarkerSearch = {
  /** The hits in a text or in bytes; `where` tells them from those in others. */
  search(content: string | Uint8Array, where: string): readonly Hit[];
  searched(): Searched;
};

/** The bytes that all patterns have at least, and that are compared first. */
const windowBytes = 8;
// Looked up once: in a test every global is found the long way.
const { imul } = Math;

/** Looks for all forms of markers, named by what they stand for, at once: one pass over what is searched. */
export function createMarkerSearch(markers: { readonly [name: string]: string | Uint8Array }): MarkerSearch {
  const index = new Map<string, Pattern[]>();
  const sieve = new Uint8Array(1 << 21);
  const forms = Object.entries(markers).flatMap(([marker, content]) =>
    formsOf(Buffer.from(content as string)).map((form) => ({ ...form, marker })),
  );
  for (const form of forms) addPattern(form, index, sieve);
  let places = 0;
  let bytes = 0;
  return {
    search(content, where) {
      const text = Buffer.from(content as string);
      places += 1;
      bytes += text.length;
      const hits = new Map<string, Hit>();
      for (const at of candidates(text, sieve)) {
        for (const { marker, form, pattern } of index.get(text.toString('latin1', at, at + windowBytes)) ?? []) {
          if (text.subarray(at, at + pattern.length).equals(pattern))
            hits.set(`${marker} ${form}`, { marker, form, where });
        }
      }
      return [...hits.values()];
    },
    searched: () => ({ markers: Object.keys(markers).length, forms: forms.length, places, bytes }),
  };
}

type Pattern = Form & { readonly marker: string };

function addPattern(pattern: Pattern, index: Map<string, Pattern[]>, sieve: Uint8Array): void {
  const key = pattern.pattern.toString('latin1', 0, windowBytes);
  const known = index.get(key);
  if (known === undefined) index.set(key, [pattern]);
  else known.push(pattern);
  sieve[slotOf(pattern.pattern.readUInt32LE(0), pattern.pattern.readUInt32LE(4))] = 1;
}

/** Where eight bytes stand that may begin a pattern. The eight are kept in two numbers, which move on byte by byte. */
function candidates(bytes: Uint8Array, sieve: Uint8Array): readonly number[] {
  const found: number[] = [];
  const { length } = bytes;
  let low = 0;
  let high = 0;
  for (let end = 0; end < length; end += 1) {
    low = (low >>> 8) | (high << 24);
    high = (high >>> 8) | ((bytes[end] ?? 0) << 24);
    if (sieve[slotOf(low, high)] === 1 && end >= windowBytes - 1) found.push(end - windowBytes + 1);
  }
  return found;
}

/** A place among two million for eight bytes; most texts meet none that is taken. */
function slotOf(low: number, high: number): number {
  const mixed = imul(low, 0x9e3779b1) ^ imul(high, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 11;
}

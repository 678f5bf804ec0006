import type { Malformed } from './payload-shapes.ts';

const maxDepth = 64;
/** More than any push that fits a delivery; each costs memory many times its length. */
const maxValues = 250_000;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openings: ReadonlySet<number | undefined> = new Set([0x5b, 0x7b]);
const closings: ReadonlySet<number | undefined> = new Set([0x5d, 0x7d]);

/** The JSON value in a body. How deep and how wide it is is looked at first, so that reading it is cheap whatever it is. */
export function readPayload(body: Uint8Array): { readonly payload: unknown } | Malformed {
  const problem = excessOf(body);
  if (problem !== undefined) return { malformed: problem };
  try {
    return { payload: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch {
    // The parser's own message quotes the text.
    return { malformed: 'the body is not JSON' };
  }
}

function excessOf(body: Uint8Array): string | undefined {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === quote) at = endOfString(body, at);
    else if (byte === comma) values += 1;
    else if (openings.has(byte)) {
      depth += 1;
      values += 1;
    } else if (closings.has(byte)) depth -= 1;
    if (depth > maxDepth) return `the body is nested deeper than ${maxDepth} levels`;
    if (values > maxValues) return `the body has more than ${maxValues} values`;
  }
  return undefined;
}

/** Where the string that opens at `start` closes, or the end of the body. */
function endOfString(body: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < body.length && body[at] !== quote) at += body[at] === backslash ? 2 : 1;
  return at;
}

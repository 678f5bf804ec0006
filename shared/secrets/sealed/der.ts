/** One DER element of a tag and its content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body]);
}

export const tags = {
  boolean: 1,
  integer: 2,
  bits: 3,
  octets: 4,
  null: 5,
  oid: 6,
  text: 12,
  utc: 23,
  time: 24,
  list: 48,
  set: 49,
};

/** A point in time: with two digits for the year before 2050, as RFC 5280 asks. */
export function derTime(time: Date): Uint8Array {
  const digits = `${time.toISOString().replace(/[-:T]|\.\d+/g, '')}`;
  return time.getUTCFullYear() < 2050
    ? der(tags.utc, Buffer.from(digits.slice(2)))
    : der(tags.time, Buffer.from(digits));
}

/** An object identifier whose bytes are given in hex. */
export function derOid(hex: string): Uint8Array {
  return der(tags.oid, Buffer.from(hex, 'hex'));
}

function lengthOf(length: number): readonly number[] {
  if (length < 128) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [128 + bytes.length, ...bytes];
}

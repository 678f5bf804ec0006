/** ASN.1 tags that are written here. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One DER element of a tag and what it holds. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

/** A SEQUENCE. */
export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(tags.sequence, ...parts);
}

/** A SET. */
export function set(...parts: readonly Uint8Array[]): Buffer {
  return element(tags.set, ...parts);
}

/** An explicit tag of a context. */
export function context(number: number, ...parts: readonly Uint8Array[]): Buffer {
  return element(0xa0 | number, ...parts);
}

/** An OCTET STRING. */
export function octets(...parts: readonly Uint8Array[]): Buffer {
  return element(tags.octetString, ...parts);
}

/** A BIT STRING of whole bytes. */
export function bits(bytes: Uint8Array): Buffer {
  return element(tags.bitString, Buffer.from([0]), bytes);
}

/** A non-negative INTEGER. */
export function integer(value: Uint8Array | number): Buffer {
  const bytes = typeof value === 'number' ? numberBytes(value) : trimZeros(value);
  const isNegative = (bytes[0] ?? 0) >= 0x80;
  return element(tags.integer, isNegative ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

function numberBytes(value: number): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
}

function trimZeros(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  return start < 0 ? Buffer.from([0]) : bytes.subarray(start);
}

/** NULL. */
export function nothing(): Buffer {
  return element(tags.null);
}

/** An OBJECT IDENTIFIER of its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt);
  const numbers = [first * 40n + second, ...rest];
  return element(tags.oid, Buffer.from(numbers.flatMap(toBase128)));
}

function toBase128(value: bigint): readonly number[] {
  const out = [Number(value & 0x7fn)];
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) out.unshift(Number(rest & 0x7fn) | 0x80);
  return out;
}

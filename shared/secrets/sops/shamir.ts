/**
 * The secret of Shamir shares over GF(2^8), as HashiCorp's implementation makes them: the last byte of a share is its place.
 * Undefined: they do not belong together.
 */
export function combineShares(shares: readonly Uint8Array[]): Uint8Array | undefined {
  const length = shares[0]?.length ?? 0;
  const places = shares.map((share) => share.at(-1) ?? 0);
  const fit = shares.every((share) => share.length === length) && new Set(places).size === shares.length;
  if (shares.length < 2 || length < 2 || !fit || places.includes(0)) return undefined;
  const weights = places.map((place, index) => weightOf(place, places.toSpliced(index, 1)));
  const secret = new Uint8Array(length - 1);
  for (const [index, share] of shares.entries())
    for (let at = 0; at < secret.length; at += 1)
      secret[at] = (secret[at] ?? 0) ^ multiply(share[at] ?? 0, weights[index] ?? 0);
  return secret;
}

/** Lagrange's basis polynomial of a place, at zero. */
function weightOf(place: number, others: readonly number[]): number {
  return others.reduce((weight, other) => multiply(weight, multiply(other, inverse(place ^ other))), 1);
}

function inverse(value: number): number {
  let power = 1;
  for (let count = 0; count < 254; count += 1) power = multiply(power, value);
  return power;
}

function multiply(left: number, right: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = ((product << 1) ^ (product >> 7 === 1 ? 0x11b : 0)) & 0xff;
    if (((right >> bit) & 1) === 1) product ^= left;
  }
  return product;
}

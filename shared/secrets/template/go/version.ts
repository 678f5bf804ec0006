import type { GoVersion } from './value.ts';

const pattern =
  /^v?(0|[1-9][0-9]*|0[0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

const highest = 2n ** 64n - 1n;

/** A version as Masterminds' NewVersion reads it: `v1.2` is 1.2.0. Undefined when the text is none. */
export function parseVersion(original: string): GoVersion | undefined {
  const match = original.length > 256 ? null : pattern.exec(original);
  if (match === null) return undefined;
  const [, major = '0', minor = '0', patch = '0', prerelease = '', metadata = ''] = match;
  const numbers = [BigInt(major), BigInt(minor), BigInt(patch)];
  if (numbers.some((number) => number > highest) || !isPrerelease(prerelease)) return undefined;
  return {
    kind: 'version',
    major: BigInt(major),
    minor: BigInt(minor),
    patch: BigInt(patch),
    prerelease,
    metadata,
    original,
  };
}

/** A numeric part of a prerelease must not begin with a zero. */
function isPrerelease(text: string): boolean {
  return text.split('.').every((part) => !/^0[0-9]+$/.test(part));
}

/** The order of two versions; metadata does not count. */
export function compareVersions(a: GoVersion, b: GoVersion): number {
  for (const part of ['major', 'minor', 'patch'] as const) {
    if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1;
  }
  return comparePrereleases(a.prerelease, b.prerelease);
}

/** The order of two prereleases; having none comes last. */
export function comparePrereleases(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '' || b === '') return a === '' ? 1 : -1;
  const mine = a.split('.');
  const theirs = b.split('.');
  for (let index = 0; index < Math.max(mine.length, theirs.length); index += 1) {
    const order = compareParts(mine[index], theirs[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  const isNumberA = /^[0-9]+$/.test(a);
  const isNumberB = /^[0-9]+$/.test(b);
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  if (isNumberA) return BigInt(a) < BigInt(b) ? -1 : 1;
  return a < b ? -1 : 1;
}

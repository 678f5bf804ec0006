import { compare, parse, type SemVer } from 'semver';

/** One comparison such as `~1.2`; `precision` counts the numbers that were written before a wildcard or the end. */
type Comparison = { readonly operator: string; readonly bound: SemVer; readonly precision: 0 | 1 | 2 | 3 };

/** Any of the groups may hold; in a group all comparisons must. */
export type VersionConstraint = readonly (readonly Comparison[])[];

const versionPattern =
  /^v?0*(\d+)(?:\.0*(\d+))?(?:\.0*(\d+))?(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const suffix = '(-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?';
const written = `v?(?:[0-9xX*]+)(?:\\.[0-9xX*]+)?(?:\\.[0-9xX*]+)?${suffix.replace('(-', '(?:-')}`;
const hyphenRange = new RegExp(`(${written}) - (${written})`, 'g');
const comparisonPattern = new RegExp(
  `^(=|!=|>|<|>=|=>|<=|=<|~|~>|\\^|)v?([0-9xX*]+)(?:\\.([0-9xX*]+))?(?:\\.([0-9xX*]+))?${suffix}$`,
);
const wildcard = /^[xX*]$/;
/** Longer than any constraint a person writes; keeps foreign input cheap. */
const maxLength = 256;

type Rule = (version: SemVer, comparison: Comparison) => boolean;

/** The operators of Masterminds/semver v3, as Argo CD and Helm read them. Pre-releases are sorted out before. */
const rules: { readonly [operator: string]: Rule } = {
  '': isSame,
  '=': isSame,
  '!=': (version, comparison) => !isAlike(version, comparison),
  '>': isAbove,
  '<': (version, { bound }) => compare(version, bound) < 0,
  '>=': (version, { bound }) => compare(version, bound) >= 0,
  '=>': (version, { bound }) => compare(version, bound) >= 0,
  '<=': isUpTo,
  '=<': isUpTo,
  '~': isTilde,
  '~>': isTilde,
  '^': isCaret,
};

/** Reads an exact version, also a partial one: `v1.2` is 1.2.0. Undefined: not a version. */
export function parseVersion(text: string): SemVer | undefined {
  const match = versionPattern.exec(text);
  if (match === null) return undefined;
  const [, major, minor = '0', patch = '0', pre = '', build = ''] = match;
  return parse(`${major}.${minor}.${patch}${pre}${build}`) ?? undefined;
}

/** Reads a range in the syntax of Masterminds/semver v3. Undefined: not a constraint; an exact version is one too. */
export function parseConstraint(text: string): VersionConstraint | undefined {
  if (text.length > maxLength) return undefined;
  const plain = text.replace(/\s+/g, ' ').replace(hyphenRange, '>=$1,<=$2 ');
  const groups = plain.split('||').map(parseGroup);
  return groups.every((group) => group !== undefined) ? groups : undefined;
}

/** True when the version lies in the constraint. A pre-release does only where its group names a pre-release. */
export function satisfies(version: SemVer, constraint: VersionConstraint): boolean {
  return constraint.some((group) => {
    const admitsPrerelease = group.some(({ bound }) => bound.prerelease.length > 0);
    if (version.prerelease.length > 0 && !admitsPrerelease) return false;
    return group.every((comparison) => rules[comparison.operator]?.(version, comparison) ?? false);
  });
}

/** The greatest of the versions that the constraint admits, in its own spelling, the first of equals; what is no version is passed over. */
export function highestVersion(constraint: string, versions: readonly string[]): string | undefined {
  const parsed = parseConstraint(constraint);
  if (parsed === undefined) return undefined;
  return versions
    .flatMap((text) => {
      const version = parseVersion(text);
      return version !== undefined && satisfies(version, parsed) ? [{ text, version }] : [];
    })
    .sort((a, b) => compare(b.version, a.version))
    .at(0)?.text;
}

function parseGroup(text: string): readonly Comparison[] | undefined {
  const terms = text
    .trim()
    .replace(/([=!<>~^]) /g, '$1')
    .replace(/ ?, ?/g, ',')
    .split(/[ ,]/);
  const comparisons = terms.map(parseComparison);
  return comparisons.every((comparison) => comparison !== undefined) ? comparisons : undefined;
}

function parseComparison(text: string): Comparison | undefined {
  const [, operator, ...parts] = comparisonPattern.exec(text) ?? [];
  if (operator === undefined) return undefined;
  const numbers = parts.slice(0, 3);
  const open = numbers.findIndex((part) => part === undefined || wildcard.test(part));
  const precision = (open < 0 ? 3 : open) as 0 | 1 | 2 | 3;
  const bound = parseVersion(
    `${[...numbers.slice(0, precision), '0', '0', '0'].slice(0, 3).join('.')}${parts[3] ?? ''}`,
  );
  return bound && { operator, bound, precision };
}

function isSame(version: SemVer, comparison: Comparison): boolean {
  return comparison.precision === 3 ? compare(version, comparison.bound) === 0 : isTilde(version, comparison);
}

/** What `!=` leaves out; a wildcard leaves out all that it stands for, apart from other pre-releases of a patch wildcard. */
function isAlike(version: SemVer, { bound, precision }: Comparison): boolean {
  if (precision === 3 || precision === 0) return compare(version, bound) === 0;
  if (version.major !== bound.major) return false;
  if (precision === 1) return true;
  return version.minor === bound.minor && version.prerelease.join('.') === bound.prerelease.join('.');
}

function isAbove(version: SemVer, { bound, precision }: Comparison): boolean {
  const order = compare(version, bound);
  if (precision === 3 || version.major !== bound.major) return order > 0;
  if (precision === 1) return false;
  return precision === 2 ? version.minor > bound.minor : order > 0;
}

function isUpTo(version: SemVer, { bound, precision }: Comparison): boolean {
  if (precision === 3) return compare(version, bound) <= 0;
  if (version.major !== bound.major) return version.major < bound.major;
  return precision === 1 || version.minor <= bound.minor;
}

function isTilde(version: SemVer, { bound, precision }: Comparison): boolean {
  if (compare(version, bound) < 0) return false;
  const isZero = bound.major === 0 && bound.minor === 0 && bound.patch === 0;
  if (isZero && (precision === 0 || precision === 3)) return true;
  return version.major === bound.major && (precision === 1 || version.minor === bound.minor);
}

function isCaret(version: SemVer, { bound, precision }: Comparison): boolean {
  if (compare(version, bound) < 0 || version.major !== bound.major) return false;
  if (bound.major > 0 || precision === 1) return true;
  if (version.minor !== bound.minor) return false;
  return bound.minor > 0 || precision === 2 || version.patch === bound.patch;
}

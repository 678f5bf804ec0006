import type { GoVersion } from '../go/value.ts';
import { comparePrereleases, compareVersions, parseVersion } from '../go/version.ts';

/** One condition on a version; a part that is left open or is `x` makes it loose. */
type Condition = {
  readonly operator: string;
  readonly version: GoVersion;
  readonly loose: 'no' | 'patch' | 'minor' | 'all';
};

/** Alternatives, each a list of conditions that must all hold. */
export type Constraint = readonly (readonly Condition[])[];

const part = '[0-9|xX*]+';
const version = `v?(${part})(\\.${part})?(\\.${part})?(-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?`;
const operators = '=|!=|>|<|>=|=>|<=|=<|~|~>|\\^|';
const longestFirst = '!=|>=|=>|<=|=<|~>|=|>|<|~|\\^|';
const range = new RegExp(`\\s*(${version})\\s+-\\s+(${version})\\s*`, 'g');
const valid = new RegExp(
  `^\\s*(?:${operators})\\s*${version}\\s*(?:(?:\\s+|,\\s*)(?:${operators})\\s*${version}\\s*)*$`,
);
const single = new RegExp(`(${longestFirst})\\s*${version}`, 'g');

/** Reads a constraint as Masterminds' semver does; undefined when it is none. */
export function parseConstraint(text: string): Constraint | undefined {
  if (text.length > 500) return undefined;
  const spread = text.replace(range, (_whole, ...groups: readonly string[]) => `>= ${groups[0]}, <= ${groups[6]} `);
  const alternatives = spread.split('||').map(parseAlternative);
  return alternatives.some((alternative) => alternative === undefined) ? undefined : (alternatives as Constraint);
}

function parseAlternative(text: string): readonly Condition[] | undefined {
  if (!valid.test(text)) return undefined;
  const conditions = [...text.matchAll(single)].map(parseCondition);
  return conditions.some((condition) => condition === undefined) ? undefined : (conditions as readonly Condition[]);
}

function parseCondition(match: RegExpExecArray): Condition | undefined {
  const [, operator = '', major = '', minor = '', patch = '', prerelease = '', metadata = ''] = match;
  const behind = prerelease + metadata;
  const read = (loose: Condition['loose'], text: string): Condition | undefined => {
    const parsed = parseVersion(text);
    return parsed === undefined ? undefined : { operator, version: parsed, loose };
  };
  if (isOpen(major)) return read('all', `0.0.0${prerelease}`);
  if (isOpen(minor.slice(1))) return read('minor', `${major}.0.0${prerelease}`);
  if (isOpen(patch.slice(1))) return read('patch', `${major}${minor}.0${prerelease}`);
  return read('no', `${major}${minor}${patch}${behind}`);
}

function isOpen(text: string): boolean {
  return text === '' || ['x', 'X', '*'].includes(text);
}

/** Whether a version fulfils a constraint; a prerelease only fulfils one that names a prerelease. */
export function isWithin(candidate: GoVersion, constraint: Constraint): boolean {
  return constraint.some((conditions) => {
    const allowsPrerelease = conditions.some((condition) => condition.version.prerelease !== '');
    if (candidate.prerelease !== '' && !allowsPrerelease) return false;
    return conditions.every((condition) => rules[condition.operator]?.(candidate, condition) ?? false);
  });
}

type Rule = (candidate: GoVersion, condition: Condition) => boolean;

const tilde: Rule = (candidate, { version: wanted, loose }) => {
  if (compareVersions(candidate, wanted) < 0) return false;
  const isZero = wanted.major === 0n && wanted.minor === 0n && wanted.patch === 0n;
  if (isZero && loose !== 'minor' && loose !== 'patch') return true;
  return candidate.major === wanted.major && (candidate.minor === wanted.minor || loose === 'minor');
};

const equal: Rule = (candidate, condition) =>
  condition.loose === 'no' ? compareVersions(candidate, condition.version) === 0 : tilde(candidate, condition);

const unequal: Rule = (candidate, { version: wanted, loose }) => {
  if (loose === 'no' || loose === 'all') {
    if (
      loose === 'all' &&
      (candidate.major !== wanted.major || candidate.minor !== wanted.minor || candidate.patch !== wanted.patch)
    )
      return true;
    return compareVersions(candidate, wanted) !== 0;
  }
  if (candidate.major !== wanted.major) return true;
  if (loose === 'minor') return false;
  if (candidate.minor !== wanted.minor) return true;
  return comparePrereleases(candidate.prerelease, wanted.prerelease) !== 0;
};

const greater: Rule = (candidate, { version: wanted, loose }) => {
  if (loose === 'no' || loose === 'all') return compareVersions(candidate, wanted) > 0;
  if (candidate.major !== wanted.major) return candidate.major > wanted.major;
  return loose === 'patch' && candidate.minor > wanted.minor;
};

const atMost: Rule = (candidate, { version: wanted, loose }) => {
  if (loose === 'no') return compareVersions(candidate, wanted) <= 0;
  if (candidate.major !== wanted.major) return candidate.major < wanted.major;
  return candidate.minor <= wanted.minor || loose === 'minor';
};

const atLeast: Rule = (candidate, condition) => compareVersions(candidate, condition.version) >= 0;
const less: Rule = (candidate, condition) => compareVersions(candidate, condition.version) < 0;

const caret: Rule = (candidate, { version: wanted, loose }) => {
  if (compareVersions(candidate, wanted) < 0) return false;
  if (wanted.major > 0n || loose === 'minor') return candidate.major === wanted.major;
  if (candidate.major > 0n) return false;
  if (wanted.minor > 0n || loose === 'patch') return candidate.minor === wanted.minor;
  return candidate.minor === 0n && candidate.patch === wanted.patch;
};

const rules: { readonly [operator: string]: Rule } = {
  '': equal,
  '=': equal,
  '!=': unequal,
  '>': greater,
  '<': less,
  '>=': atLeast,
  '=>': atLeast,
  '<=': atMost,
  '=<': atMost,
  '~': tilde,
  '~>': tilde,
  '^': caret,
};

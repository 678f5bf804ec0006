import { RenderError } from '../errors.ts';

type Token = (character: string) => boolean;
type Step = { readonly matches: Token; readonly repeats: boolean };

export type GlobOptions = {
  /** What `*`, `?` and `[…]` do not match; then `**` matches across it. Absent: they match everything. */
  readonly separator?: '/';
};

const limits = { length: 512, alternatives: 256 };

/**
 * A test for a glob with `*`, `**`, `?`, `[a-z]`, `[!a]`, `{a,b}` and `\`. Its time grows with pattern times text, never faster.
 * A glob that cannot be read is a RenderError `render-refused`.
 */
export function compileGlob(pattern: string, options: GlobOptions = {}): (text: string) => boolean {
  if (pattern.length > limits.length) throw unreadable(pattern, `it is longer than ${limits.length} characters`);
  const alternatives = expandBraces(pattern, pattern).map((alternative) => toSteps(alternative, pattern, options));
  return (text) => alternatives.some((steps) => matches(steps, text));
}

/** True where a text is a pattern rather than a plain path. */
export function isGlob(text: string): boolean {
  return /[*?[\]]/.test(text);
}

function matches(steps: readonly Step[], text: string): boolean {
  let states = reach(steps, new Set([0]));
  for (const character of text) {
    const next = new Set<number>();
    for (const state of states) {
      const step = steps[state];
      if (step?.matches(character)) next.add(step.repeats ? state : state + 1);
    }
    if (next.size === 0) return false;
    states = reach(steps, next);
  }
  return states.has(steps.length);
}

/** A repeated step may match nothing, so what follows it is reached as well. */
function reach(steps: readonly Step[], states: Set<number>): Set<number> {
  for (const state of states) if (steps[state]?.repeats) states.add(state + 1);
  return states;
}

function expandBraces(pattern: string, whole: string): readonly string[] {
  const open = findUnescaped(pattern, 0, '{');
  if (open === -1) return expandFolders(pattern);
  const { close, parts } = splitBraces(pattern, open, whole);
  const tails = expandBraces(pattern.slice(close + 1), whole);
  const heads = expandFolders(pattern.slice(0, open));
  const middles = parts.flatMap((part) => expandBraces(part, whole));
  const all = heads.flatMap((head) => middles.flatMap((middle) => tails.map((tail) => head + middle + tail)));
  if (all.length > limits.alternatives) throw unreadable(whole, `it has more than ${limits.alternatives} alternatives`);
  return all;
}

/** A `**` with its slash may also stand for no folder at all. */
function expandFolders(pattern: string): readonly string[] {
  const at = pattern.indexOf('**/');
  if (at === -1 || (at > 0 && pattern[at - 1] !== '/')) return [pattern];
  return expandFolders(pattern.slice(at + 3)).flatMap((tail) => [
    pattern.slice(0, at) + tail,
    `${pattern.slice(0, at)}**\\/${tail}`,
  ]);
}

function splitBraces(
  pattern: string,
  open: number,
  whole: string,
): { readonly close: number; readonly parts: readonly string[] } {
  const parts: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let at = open; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '\\') at += 1;
    else if (character === '{') depth += 1;
    else if (character === ',' && depth === 1) {
      parts.push(pattern.slice(start, at));
      start = at + 1;
    } else if (character === '}') {
      depth -= 1;
      if (depth === 0) return { close: at, parts: [...parts, pattern.slice(start, at)] };
    }
  }
  throw unreadable(whole, 'a { has no }');
}

function findUnescaped(pattern: string, from: number, wanted: string): number {
  for (let at = from; at < pattern.length; at += 1) {
    if (pattern[at] === '\\') at += 1;
    else if (pattern[at] === wanted) return at;
  }
  return -1;
}

const tokens = /(\*\*?)|(\?)|\[([\s\S][^\]]*)\]|(\[)|\\([\s\S])|([\s\S])/gu;

function toSteps(pattern: string, whole: string, { separator }: GlobOptions): readonly Step[] {
  const isInside: Token = (character) => character !== separator;
  return [...pattern.matchAll(tokens)].map(([, stars, one, members, open, escaped, plain]) => {
    if (open !== undefined) throw unreadable(whole, 'a [ has no ]');
    if (stars !== undefined) return { matches: stars === '**' ? () => true : isInside, repeats: true };
    if (one !== undefined) return { matches: isInside, repeats: false };
    const isMember = members === undefined ? toLiteral(escaped ?? plain ?? '') : toClass(members, isInside);
    return { matches: isMember, repeats: false };
  });
}

function toLiteral(literal: string): Token {
  return (character) => character === literal;
}

function toClass(text: string, isInside: Token): Token {
  const isNegated = text.startsWith('!') || text.startsWith('^');
  const members = [...(isNegated ? text.slice(1) : text).matchAll(/([\s\S])-([\s\S])|([\s\S])/gu)];
  const isMember: Token = (character) =>
    members.some(([, low, high, single]) =>
      single === undefined ? character >= (low ?? '') && character <= (high ?? '') : character === single,
    );
  return (character) => isInside(character) && isMember(character) !== isNegated;
}

function unreadable(pattern: string, reason: string): RenderError {
  return new RenderError('render-refused', `the glob ${pattern.slice(0, 80)} cannot be used: ${reason}`, {
    object: pattern.slice(0, 80),
    hint: 'correct the glob in the Application',
  });
}

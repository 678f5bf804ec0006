/**
 * Which of Go's two glob languages a pattern is written in.
 * `gobwas`: `{a,b}`, `[!a]`, and `**` crosses the separator. `filepath`: Go's filepath.Match: `[^a]`, no braces, `*` stops at `/`.
 */
export type GlobLanguage = { readonly braces: boolean; readonly negation: '!' | '^'; readonly separator: '/' | '' };

/** The patterns of an AppProject's sourceRepos. Source: gobwas/glob with the separator `/`. */
export const sourceGlob: GlobLanguage = { braces: true, negation: '!', separator: '/' };

/** The patterns of an AppProject's destinations. Source: gobwas/glob without a separator. */
export const destinationGlob: GlobLanguage = { braces: true, negation: '!', separator: '' };

/** The patterns of an AppProject's kind lists, and of paths that a render depends on. Source: Go's filepath.Match. */
export const matchGlob: GlobLanguage = { braces: false, negation: '^', separator: '/' };

/** Compiled patterns by language: the same few are asked for with every object. */
const compiled = new Map<GlobLanguage, Map<string, RegExp | undefined>>();

/**
 * The pattern as a regular expression over the whole text; undefined when it is malformed, as in `[a` or `{a`.
 * Libraries for shell globs read these languages differently (`[!a]`, `**` inside a segment, brackets), so none is used.
 */
export function compileGlob(pattern: string, language: GlobLanguage): RegExp | undefined {
  const known = compiled.get(language) ?? new Map<string, RegExp | undefined>();
  compiled.set(language, known);
  if (!known.has(pattern)) known.set(pattern, compile(pattern, language));
  return known.get(pattern);
}

function compile(pattern: string, language: GlobLanguage): RegExp | undefined {
  let depth = 0;
  let source = '';
  for (const [text, ...groups] of pattern.matchAll(token)) {
    const part = translate({ text, groups, depth }, language);
    if (part === undefined) return undefined;
    if (part === '(?:') depth += 1;
    if (part === ')') depth -= 1;
    source += part;
  }
  return toExpression(source);
}

function toExpression(source: string): RegExp | undefined {
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    // An open brace, or a range from right to left.
    return undefined;
  }
}

/** An escaped character, stars, a character class, or any other character. */
const token = /\\(.)|\*+|\[((?:\\.|[^\]\\])+)\]|./gsu;

type Token = { readonly text: string; readonly depth: number; readonly groups: readonly (string | undefined)[] };

function translate({ text, groups, depth }: Token, language: GlobLanguage): string | undefined {
  const [escaped, members] = groups;
  const one = language.separator === '' ? '.' : `[^${language.separator}]`;
  if (escaped !== undefined) return literal(escaped);
  if (members !== undefined) return characterClass(members, language);
  if (text.startsWith('*')) return language.braces && text.length > 1 ? '.*' : `${one}*`;
  if (text === '?') return one;
  // Left over from a class that is not closed, or an escape of nothing.
  if (text === '[' || text === '\\') return undefined;
  if (language.braces && (text === '{' || depth > 0)) return braces[text] ?? literal(text);
  return literal(text);
}

const braces: { readonly [text: string]: string } = { '{': '(?:', ',': '|', '}': ')' };

function characterClass(written: string, { negation }: GlobLanguage): string | undefined {
  const isNegated = written.startsWith(negation);
  const members = isNegated ? written.slice(1) : written;
  if (members === '') return undefined;
  const safe = members.replace(/\\(.)|[[\]^]/gsu, (special, escaped = special) => escaped.replace(/[\\[\]^-]/, '\\$&'));
  return `[${isNegated ? '^' : ''}${safe}]`;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

import { RE2JS } from 're2js';
import { SecretError } from '../../errors.ts';

/** A regular expression as Go has it: RE2, in linear time, not anchored. */
export type GoRegexp = { readonly expression: RE2JS; readonly names: { readonly [name: string]: number } };

/** Compiles an expression; SecretError when it is none, or asks for what RE2 has not. */
export function compileGoRegexp(source: string): GoRegexp {
  try {
    const expression = RE2JS.compile(source);
    return { expression, names: expression.namedGroups() };
  } catch {
    throw new SecretError(
      'secret-invalid',
      `the regular expression ${JSON.stringify(source)} is not one that RE2 understands`,
      {
        hint: 'correct it; lookaround and backreferences do not exist in RE2',
      },
    );
  }
}

/** Whether a name is wanted by a `find.name.regexp`. */
export function nameMatcher(source: string): (name: string) => boolean {
  const { expression } = compileGoRegexp(source);
  return (name) => expression.matcher(name).find();
}

/** Go's ReplaceAllString: `$1`, `$name` and `${name}` are expanded, the longest name counts, and a group that is not there is nothing. */
export function replaceAllAsGo({ expression, names }: GoRegexp, text: string, target: string): string {
  const matcher = expression.matcher(text);
  let replaced = '';
  let lastEnd = 0;
  for (let from = 0; from <= text.length && matcher.find(from); ) {
    const start = matcher.start();
    const end = matcher.end();
    replaced += text.slice(lastEnd, start);
    // Nothing is put in for an empty match right behind another one.
    if (end > lastEnd || start === 0) replaced += expand(target, (name) => groupOf(matcher, names, name));
    lastEnd = end;
    from = Math.max(end, from + characterWidth(text, from));
  }
  return replaced + text.slice(lastEnd);
}

function characterWidth(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

const reference = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;

function expand(target: string, group: (name: string) => string): string {
  return target.replace(reference, (whole, braced?: string, bare?: string) =>
    whole === '$$' ? '$' : group(braced ?? bare ?? ''),
  );
}

type Matcher = ReturnType<RE2JS['matcher']>;

function groupOf(matcher: Matcher, names: GoRegexp['names'], name: string): string {
  const isNumber = /^(?:0|[1-9][0-9]{0,8})$/.test(name);
  const index = isNumber ? Number(name) : Object.hasOwn(names, name) ? names[name] : undefined;
  if (index === undefined || index > matcher.groupCount()) return '';
  return matcher.group(index) ?? '';
}

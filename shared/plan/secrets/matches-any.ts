import { compileGlob, destinationGlob } from '../glob.ts';

/** True when a text is what one of the globs means; `*` stands for any characters, slashes among them. A malformed one means nothing. */
export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => pattern === '*' || compileGlob(pattern, destinationGlob)?.test(text) === true);
}

/** True when the globs allow a name. One with `..` in it is never allowed: what it comes to is decided elsewhere. */
export function allowsName(patterns: readonly string[], name: string): boolean {
  return !name.split('/').includes('..') && matchesAny(patterns, name);
}

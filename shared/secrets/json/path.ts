import { type Query, readQuery } from './path-query.ts';

/** One step of a gjson path into an object, and what follows it. */
export type ObjectStep = { readonly part: string; readonly wild: boolean; readonly rest?: string };

/** One step of a gjson path into an array. */
export type ArrayStep =
  | { readonly type: 'index'; readonly index: number; readonly rest?: string }
  | { readonly type: 'count' }
  | { readonly type: 'collect'; readonly rest: string }
  | { readonly type: 'query'; readonly query: Query; readonly rest?: string }
  | { readonly type: 'nothing' };

/** The first step of a path, as it is understood where an object is met: `\` takes the meaning from the next character. */
export function objectStep(path: string): ObjectStep {
  let part = '';
  let wild = false;
  for (let at = 0; at < path.length; at += 1) {
    const character = path[at] ?? '';
    if (character === '.') return { part, wild, rest: path.slice(at + 1) };
    if (character === '*' || character === '?') wild = true;
    if (character === '\\') at += 1;
    part += character === '\\' ? (path[at] ?? '') : character;
  }
  return { part, wild };
}

/** The first step of a path, as it is understood where an array is met. */
export function arrayStep(path: string): ArrayStep {
  if (path.startsWith('#(') || path.startsWith('#[')) return queryStep(path);
  if (path.startsWith('#.')) return { type: 'collect', rest: path.slice(2) };
  const dot = path.indexOf('.');
  const part = dot === -1 ? path : path.slice(0, dot);
  if (part === '#') return { type: 'count' };
  if (!/^[0-9]+$/.test(part)) return { type: 'nothing' };
  return { type: 'index', index: Number(part), ...(dot === -1 ? {} : { rest: path.slice(dot + 1) }) };
}

function queryStep(path: string): ArrayStep {
  const read = readQuery(path);
  if (read === undefined) return { type: 'nothing' };
  const after = path.slice(read.end);
  const dot = after.indexOf('.');
  return { type: 'query', query: read.query, ...(dot === -1 ? {} : { rest: after.slice(dot + 1) }) };
}

const modifiers = /^@(pretty|ugly|reverse|this|flatten|join|valid|keys|values|tostr|fromstr|group|dig)(?![^.|:])/;

/** What a path asks for that is not supported, in words; undefined: nothing. */
export function refusedSyntax(path: string): string | undefined {
  if (path.startsWith('..')) return 'JSON lines (..)';
  if (path.startsWith('!') && path.length > 1) return 'a literal (!)';
  return refusedAtStep(path) ?? refusedFurtherOn(path);
}

function refusedAtStep(path: string): string | undefined {
  const modifier = modifiers.exec(path)?.[1];
  if (modifier !== undefined) return `the modifier @${modifier}`;
  return path.length > 1 && /^[[{]/.test(path) ? `a multipath (${path[0]})` : undefined;
}

function refusedFurtherOn(path: string): string | undefined {
  for (let at = 0; at < path.length; ) {
    const next = lookAt(path, at);
    if (typeof next === 'string') return next;
    at = next;
  }
  return undefined;
}

/** What is refused at a position, or the position to go on at. */
function lookAt(path: string, at: number): string | number {
  const character = path[at];
  if (character === '\\') return at + 2;
  if (character === '|') return 'a pipe (|)';
  if (character === '.') return refusedAtStep(path.slice(at + 1)) ?? at + 1;
  const read = /^#[([]/.test(path.slice(at, at + 2)) ? readQuery(path.slice(at)) : undefined;
  return read === undefined ? at + 1 : (refusedSyntax(read.query.path) ?? at + read.end);
}

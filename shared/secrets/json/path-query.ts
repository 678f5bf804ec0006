export const queryOperators = ['=', '!=', '<', '<=', '>', '>=', '%', '!%'] as const;

/** `#(path op value)` of a gjson path. */
export type Query = {
  readonly path: string;
  /** Absent: it is only asked whether the path exists. */
  readonly operator?: (typeof queryOperators)[number];
  readonly value: string;
  /** True: all items that fit, not the first one. */
  readonly all: boolean;
};

/** The query that a path begins with, and the position after it; undefined when it is not closed. */
export function readQuery(path: string): { readonly query: Query; readonly end: number } | undefined {
  const inner = spanOfQuery(path);
  if (inner === undefined) return undefined;
  const { close, operatorAt } = inner;
  const all = path[close + 1] === '#';
  const end = close + (all ? 2 : 1);
  if (operatorAt === undefined) return { query: { path: trimSpaces(path.slice(2, close)), value: '', all }, end };
  const condition = trimSpaces(path.slice(operatorAt, close));
  const { operator, rest } = splitOperator(condition);
  const value = unquote(trimSpaces(rest));
  return {
    query: { path: trimSpaces(path.slice(2, operatorAt)), ...(operator === undefined ? {} : { operator }), value, all },
    end,
  };
}

type QuerySpan = { readonly close: number; readonly operatorAt: number | undefined };

const depths: { readonly [bracket: string]: number } = { '[': 1, '(': 1, ']': -1, ')': -1 };

function spanOfQuery(path: string): QuerySpan | undefined {
  let depth = 1;
  let operatorAt: number | undefined;
  for (let at = 2; at < path.length; at += 1) {
    const character = path[at] ?? '';
    depth += depths[character] ?? 0;
    if (depth === 0) return { close: at, operatorAt };
    if (depth === 1 && operatorAt === undefined && '!=<>%'.includes(character)) operatorAt = at;
    if (character === '\\') at += 1;
    if (character === '"') at = endOfQuotes(path, at);
  }
  return undefined;
}

function endOfQuotes(path: string, from: number): number {
  let at = from + 1;
  while (at < path.length && path[at] !== '"') at += path[at] === '\\' ? 2 : 1;
  return at;
}

function splitOperator(condition: string): { readonly operator?: Query['operator']; readonly rest: string } {
  if (condition.startsWith('==')) return { operator: '=', rest: condition.slice(2) };
  const operator = queryOperators.filter((known) => condition.startsWith(known)).sort((a, b) => b.length - a.length)[0];
  return operator === undefined ? { rest: condition.slice(1) } : { operator, rest: condition.slice(operator.length) };
}

function unquote(value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value;
  return value.slice(1, -1).replace(/\\(["\\/])/g, '$1');
}

/** Go's `trim` of gjson: all up to and including the space character. */
function trimSpaces(text: string): string {
  return text.replace(/^[^!-\xff]+|[^!-\xff]+$/g, '');
}

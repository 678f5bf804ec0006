import type { Json } from '../../model/json.ts';
import { type PlacedLeaf, type ReadPayload, replaceParts } from './payload.ts';

const prefix = 'sops_';

/** Reads an encrypted file of `NAME=value` lines; undefined: it is none. */
export function readDotenvPayload(text: string): ReadPayload | undefined {
  const lines = linesOf(text);
  if (lines.some(({ line }) => line !== '' && !line.startsWith('#') && !line.includes('='))) return undefined;
  const isBlock = ({ line }: Line): boolean => line.startsWith(prefix);
  const isEncryptedComment = ({ line }: Line): boolean => line.startsWith('#ENC[AES256_GCM,');
  const leaves = lines.filter((line) => !isBlock(line) && !line.line.startsWith('#') && line.line !== '').map(toLeaf);
  const gone = lines.filter((line) => isBlock(line) || isEncryptedComment(line));
  return {
    leaves,
    block: unflatten(lines.filter(isBlock).map(({ line }) => line.slice(prefix.length))),
    write: (opened) =>
      Buffer.from(
        replaceParts(text, [
          ...gone.map(({ start, line }) => ({ start, end: start + line.length + 1, text: '' })),
          ...opened.flatMap(({ plain, start, end }) =>
            plain === undefined ? [] : [{ start, end, text: escapeLines(Buffer.from(plain.bytes).toString('utf8')) }],
          ),
        ]),
      ),
  };
}

type Line = { readonly line: string; readonly start: number };

function linesOf(text: string): readonly Line[] {
  let start = 0;
  return text.split('\n').map((line) => {
    const placed = { line, start };
    start += line.length + 1;
    return placed;
  });
}

function toLeaf({ line, start }: Line): PlacedLeaf {
  const at = line.indexOf('=');
  const value = line.slice(at + 1).replaceAll('\\n', '\n');
  return { path: [line.slice(0, at)], value, start: start + at + 1, end: start + line.length };
}

function escapeLines(text: string): string {
  return text.replaceAll('\n', '\\n');
}

type Branch = Map<string, Branch | string>;

/** `age__list_0__map_enc=…` is `{age: [{enc: …}]}`. */
function unflatten(lines: readonly string[]): Json {
  const root: Branch = new Map();
  for (const line of lines) {
    const at = line.indexOf('=');
    const steps = line.slice(0, at).split(/__(?:map|list)_/);
    const last = steps.pop() ?? '';
    let branch = root;
    for (const step of steps) branch = branchOf(branch, step);
    branch.set(last, line.slice(at + 1).replaceAll('\\n', '\n'));
  }
  return toJson(root);
}

function branchOf(parent: Branch, step: string): Branch {
  const known = parent.get(step);
  if (known instanceof Map) return known;
  const made: Branch = new Map();
  parent.set(step, made);
  return made;
}

function toJson(branch: Branch | string): Json {
  if (typeof branch === 'string') return branch;
  const entries = [...branch];
  if (entries.length > 0 && entries.every(([key], index) => key === String(index)))
    return entries.map(([, value]) => toJson(value));
  return Object.fromEntries(entries.map(([key, value]) => [key, toJson(value)]));
}

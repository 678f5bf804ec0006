import { SecretError } from '../../errors.ts';
import { goJsonObject, type JsonTree, jsonObjectEntries, mergedBytes } from '../json/json-tree.ts';
import type { MergeRewrite } from './external-secret.ts';
import { sortedEntries, type Values } from './values.ts';

/** Puts the JSON objects that the values are into one: as keys of their own (Extract), or as one key that holds the whole (JSON). */
export function mergeValues(rewrite: MergeRewrite, values: Values): Values {
  const merged = mergedMembers(rewrite, values);
  if (rewrite.strategy === 'JSON') {
    const whole = Buffer.from(goJsonObject(merged, { escapeHtml: false }), 'utf8');
    return new Map([...values, [rewrite.into, new Uint8Array(whole)]]);
  }
  return new Map([...merged].map(([key, tree]) => [toText(key), mergedBytes(tree)]));
}

function mergedMembers(rewrite: MergeRewrite, values: Values): ReadonlyMap<string, JsonTree> {
  const merged = new Map<string, JsonTree>();
  let conflicts = 0;
  for (const key of keysInOrder(rewrite, values)) {
    const value = values.get(key);
    if (value === undefined && rewrite.priorityPolicy === 'IgnoreNotFound') continue;
    for (const [name, tree] of membersOf(key, value)) {
      if (merged.has(name)) conflicts += 1;
      merged.set(name, tree);
    }
  }
  if (conflicts > 0 && rewrite.conflictPolicy === 'Error') throw conflict(conflicts);
  return merged;
}

/** By name, and the keys of `priority` last, in the order of that list. */
function keysInOrder({ priority }: MergeRewrite, values: Values): readonly string[] {
  const others = sortedEntries(values).map(([key]) => key);
  return [...others.filter((key) => !priority.includes(key)), ...priority];
}

function membersOf(key: string, value: Uint8Array | undefined): ReadonlyMap<string, JsonTree> {
  if (value === undefined) {
    throw new SecretError('secret-invalid', `merge: key ${JSON.stringify(key)} of priority is not there`, {
      hint: 'correct priority, or set priorityPolicy: IgnoreNotFound',
    });
  }
  const members = jsonObjectEntries(value);
  if (members !== undefined) return members;
  throw new SecretError('secret-invalid', 'merge: one of the values is not a JSON object', {
    hint: 'merge only secrets that are JSON objects; narrow find, or take single keys with spec.data',
  });
}

/** Names come from values, so they are counted and not written. */
function conflict(count: number): SecretError {
  return new SecretError(
    'secret-invalid',
    `merge: ${count === 1 ? 'one key is' : `${count} keys are`} in more than one of the objects`,
    {
      hint: 'set conflictPolicy: Ignore, and priority when another order than that of the names is wanted',
    },
  );
}

function toText(binary: string): string {
  return Buffer.from(binary, 'latin1').toString('utf8');
}

import type { Budget } from '../go/budget.ts';
import { isEmptyValue } from '../go/empty.ts';
import { TemplateFailure } from '../go/failure.ts';
import { type GoMap, type GoValue, sortedKeys } from '../go/value.ts';

/** Merges a dict into another, as sprig's library does: what is there gives way only where it is empty, or where `overwrites` says so. */
export function mergeInto(target: GoMap, source: GoMap, { overwrites, budget }: MergeRule): void {
  for (const key of sortedKeys(source)) {
    budget.spend(1);
    const mine = target.entries.get(key);
    const theirs = source.entries.get(key);
    if (isDict(mine) && isDict(theirs) && (overwrites || mine.entries.size > 0)) {
      checkTypes(mine, theirs);
      budget.descend(() => mergeInto(mine, theirs, { overwrites, budget }));
      continue;
    }
    if (isReplaced(target, { key, mine, theirs }, overwrites)) target.entries.set(key, theirs);
  }
}

/** Whether what is there gives way, and what it costs. */
export type MergeRule = { readonly overwrites: boolean; readonly budget: Budget };

type Pair = { readonly key: string; readonly mine: GoValue; readonly theirs: GoValue };

function isReplaced(target: GoMap, { key, mine, theirs }: Pair, overwrites: boolean): boolean {
  if (overwrites) return true;
  if (theirs === null || theirs === undefined) return false;
  return !target.entries.has(key) || isEmptyValue(mine);
}

function isDict(value: GoValue): value is GoMap {
  return typeof value === 'object' && value?.kind === 'map';
}

function checkTypes(mine: GoMap, theirs: GoMap): void {
  if (mine.item === 'string' && theirs.item !== 'string')
    throw new TemplateFailure('a dict of texts cannot take up other values');
}

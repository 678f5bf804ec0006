import type { Budget } from './budget.ts';
import { formatFloat } from './float.ts';
import { formatTime } from './time.ts';
import { type GoValue, type GoVersion, sortedKeys } from './value.ts';

/** A value as Go prints it with %v. */
export function formatValue(value: GoValue, budget: Budget): string {
  const text = formatAny(value, budget);
  budget.spendBytes(text.length);
  return text;
}

/** What an action prints: as %v, but for nothing at all. */
export function formatPrinted(value: GoValue, budget: Budget): string {
  return value === null || value === undefined ? '<no value>' : formatValue(value, budget);
}

/** A semantic version as Masterminds' `String` writes it. */
export function formatVersion({ major, minor, patch, prerelease, metadata }: GoVersion): string {
  const before = prerelease === '' ? '' : `-${prerelease}`;
  return `${major}.${minor}.${patch}${before}${metadata === '' ? '' : `+${metadata}`}`;
}

function formatAny(value: GoValue, budget: Budget): string {
  budget.spend(1);
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  switch (value.kind) {
    case 'integer':
      return value.value.toString();
    case 'float':
      return formatFloat(value.value, 'g', -1);
    case 'list':
      return `[${formatItems(value.items, budget).join(' ')}]`;
    case 'map':
      return formatMap(sortedKeys(value), value.entries, budget);
    case 'time':
      return formatTime(value, '2006-01-02 15:04:05.999999999 -0700 MST');
    case 'version':
      return formatVersion(value);
    case 'certificate':
      return `{${value.certificate} ${value.key}}`;
  }
}

function formatItems(items: readonly GoValue[], budget: Budget): readonly string[] {
  return budget.descend(() => items.map((item) => formatValue(item, budget)));
}

function formatMap(keys: readonly string[], entries: ReadonlyMap<string, GoValue>, budget: Budget): string {
  const members = formatItems(
    keys.map((key) => entries.get(key)),
    budget,
  );
  return `map[${members.map((member, index) => `${keys[index]}:${member}`).join(' ')}]`;
}

import { isTrue } from './truth.ts';
import type { GoValue } from './value.ts';

/** What sprig's `empty` takes for empty: a zero, an empty text, list or dict, and nothing; no time and no certificate. */
export function isEmptyValue(value: GoValue): boolean {
  return !isTrue(value);
}

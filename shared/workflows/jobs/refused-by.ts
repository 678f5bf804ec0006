import { messageOf, PlumbError } from '../../errors.ts';
import type { Refused } from '../../model/answered.ts';

/** What whoever has asked for something is told of an error. */
export function refusedBy(error: unknown): Refused {
  const message = messageOf(error);
  if (!(error instanceof PlumbError)) return { code: 'sync-failed', message };
  const { code, hint } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

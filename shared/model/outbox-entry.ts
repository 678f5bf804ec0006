import type { JobMessage } from './job.ts';
import type { StateEvent } from './state-event.ts';

/** What somebody has to tell who reaches nothing but the store. */
export type OutboxEntry =
  | { readonly tell: 'events'; readonly events: readonly StateEvent[] }
  | {
      readonly tell: 'job';
      /** Whose queue it is for, where each network has one. */
      readonly zone: string;
      readonly group: string;
      readonly id: string;
      readonly message: JobMessage;
      /** ISO 8601; absent: at once. */
      readonly notBefore?: string;
    }
  /** A message that could not be read. */
  | { readonly tell: 'dead-letter'; readonly body: string; readonly reason: string };

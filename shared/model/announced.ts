import type { Phase } from './operation.ts';
import type { HealthCode, SyncCode } from './status.ts';

/** What was last announced of an application. */
export type Announced = {
  readonly application: string;
  readonly operation?: string;
  readonly phase?: Phase;
  readonly sync: SyncCode;
  readonly health: HealthCode;
  /** What was said to be wrong while nothing could be told of it. */
  readonly trouble?: string;
  /** When it was, ISO 8601: what is told next is told apart by it from what was told before. */
  readonly at?: string;
};

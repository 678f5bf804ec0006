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
};

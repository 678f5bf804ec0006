import type { SyncReason } from './operation.ts';
import type { HealthCode, SyncCode } from './status.ts';

export const stateEventTypes = [
  'plumbline.sync.succeeded',
  'plumbline.sync.failed',
  'plumbline.drifted',
  'plumbline.repaired',
  'plumbline.rolled-back',
  'plumbline.restored',
  'plumbline.health',
] as const;

/** What can have happened to an application. */
export type StateEventType = (typeof stateEventTypes)[number];

/** That the state of an application has changed. Version 1 of what goes to the event bus: fields are added, never taken away. */
export type StateEvent = {
  readonly type: StateEventType;
  readonly version: 1;
  /** The same for a repeat. */
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly application: string;
  readonly project: string;
  readonly cluster: string;
  /** The commits that are deployed, or were to be. */
  readonly revisions: readonly string[];
  readonly sync: SyncCode;
  readonly health: HealthCode;
  /** One sentence. */
  readonly message: string;
  readonly reason?: SyncReason;
  /** The operation, and the snapshot that it left. */
  readonly operation?: string;
  readonly snapshot?: string;
  /** What it goes back to: a delivery, a tick of the clock, a person. */
  readonly origin?: string;
};

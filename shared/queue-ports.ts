import type { JobMessage } from './model/job.ts';
import type { StateEvent } from './model/state-event.ts';

/** A message on its way into a queue. */
export type Queued = {
  /** Messages of a group are worked on one after another, in order. */
  readonly group: string;
  /** Those of one id within five minutes are one message. */
  readonly id: string;
  readonly message: JobMessage;
};

/** Where work waits. Each message arrives at least once. */
export interface Queue {
  /** All are in when it resolves; PlumbError `queue-unavailable`, retryable, when one is not. */
  send(messages: readonly Queued[]): Promise<void>;
}

/** Tells others what has changed. An event of an id that was told before is a repeat. */
export interface Announcer {
  announce(events: readonly StateEvent[]): Promise<void>;
}

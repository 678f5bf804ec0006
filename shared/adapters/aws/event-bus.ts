import type { PutEventsCommandOutput, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { StateEvent } from '../../model/state-event.ts';
import type { Announcer } from '../../queue-ports.ts';
import { Limit } from '../limit.ts';
import { type Attempts, attempt, type Outcome, usualAttempts } from './attempt.ts';
import { type AwsFailure, AwsFailureError, failureOf, mayPass } from './aws-failure.ts';
import { type CallOptions, callConfig } from './call-options.ts';
import type { EventBridgeCalls } from './clients/event-bridge-calls.ts';
import { serviceErrorOf } from './service-error.ts';
import { splitBatches } from './split-batches.ts';

export type EventBusOptions = CallOptions & {
  /** Its name or its ARN. */
  readonly bus: string;
};

const action = 'events:PutEvents';
const source = 'plumbline';
/** 256 KB a call, of which an entry's time and names take some. */
const limits = { most: 10, bytes: 240_000, sizeOf: (entry: PutEventsRequestEntry) => sizeOf(entry) };
const callsAtOnce = 4;

/** A bus of EventBridge. PlumbError `queue-unavailable` when it did not take an event; the others are told. */
export function createEventBus({ bus, attempts = usualAttempts, ...options }: EventBusOptions): Announcer {
  const limit = new Limit(callsAtOnce);
  let made: Promise<EventBridgeCalls> | undefined;
  return {
    announce: async (events) => {
      if (events.length === 0) return;
      made ??= makeClient(options);
      const client = await made;
      const batches = splitBatches(
        events.map((event) => toEntry(event, bus)),
        limits,
      );
      const outcomes = await Promise.all(batches.map((batch) => limit.run(() => put(batch, { client, attempts }))));
      const failed = outcomes.find((outcome) => !outcome.ok);
      if (failed !== undefined) throw busErrorOf(failed.failure, bus, events.length);
    },
  };
}

async function makeClient(options: CallOptions): Promise<EventBridgeCalls> {
  const { EventBridgeCalls } = await import('./clients/event-bridge-calls.ts');
  return new EventBridgeCalls(callConfig(options));
}

function toEntry(event: StateEvent, bus: string): PutEventsRequestEntry {
  return {
    EventBusName: bus,
    Source: source,
    DetailType: event.type,
    Detail: JSON.stringify(event),
    Time: new Date(event.at),
    Resources: [],
  };
}

/** As EventBridge counts. */
function sizeOf({ Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry): number {
  return 14 + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);
}

type Putting = { readonly client: EventBridgeCalls; readonly attempts: Attempts };

/** Puts events; those that the bus could not take go again, alone. */
async function put(entries: readonly PutEventsRequestEntry[], { client, attempts }: Putting): Promise<Outcome<void>> {
  let left = entries;
  let refused: AwsFailure | undefined;
  const outcome = await attempt(
    action,
    async () => {
      const failures = failuresIn(await client.putEvents({ Entries: [...left] }), left.length);
      refused ??= failures.find((failure) => failure !== undefined && !mayPass(failure));
      left = left.filter((_, index) => isPassing(failures[index]));
      const passing = failures.find(isPassing);
      if (passing !== undefined) throw new AwsFailureError(passing);
    },
    attempts,
  );
  return outcome.ok && refused !== undefined ? { ok: false, failure: refused } : outcome;
}

/** One for each entry, in order; undefined for what was taken. What nothing is said of is not known to be. */
function failuresIn({ Entries = [] }: PutEventsCommandOutput, count: number): readonly (AwsFailure | undefined)[] {
  return Array.from({ length: count }, (_, index) => {
    const { EventId, ErrorCode, ErrorMessage = '' } = Entries[index] ?? {};
    if (ErrorCode !== undefined) return failureOf({ name: ErrorCode, message: ErrorMessage, status: 400 }, action);
    return EventId === undefined ? { kind: 'unreachable', action } : undefined;
  });
}

function isPassing(failure: AwsFailure | undefined): failure is AwsFailure {
  return failure !== undefined && mayPass(failure);
}

function busErrorOf(failure: AwsFailure, bus: string, count: number): Error {
  return serviceErrorOf(failure, {
    code: 'queue-unavailable',
    object: `Event bus ${bus}`,
    tried: `put ${count} ${count === 1 ? 'event' : 'events'}`,
    resource: bus.startsWith('arn:') ? bus : `the event bus ${bus}`,
  });
}

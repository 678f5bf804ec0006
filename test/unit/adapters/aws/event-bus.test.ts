import { EventBridgeClient, PutEventsCommand, type PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createEventBus } from '../../../../shared/adapters/aws/event-bus.ts';
import type { StateEvent } from '../../../../shared/model/state-event.ts';
import { aStateEvent } from '../../../support/aws/a-state-event.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { awsTrouble, testCalls } from './aws-trouble.ts';

const mock = mockClient(EventBridgeClient);
beforeEach(() => void mock.reset());

const bus = createEventBus({ bus: 'plumbline', ...testCalls() });
const events = (count: number, more: Partial<StateEvent> = {}): readonly StateEvent[] =>
  Array.from({ length: count }, (_, index) => aStateEvent({ id: `${index}`, ...more }));

type Entry = NonNullable<PutEventsCommandInput['Entries']>[number];
const asked = (): readonly (readonly Entry[])[] =>
  mock.commandCalls(PutEventsCommand).map(({ args }) => args[0].input.Entries ?? []);
const idOf = ({ Detail = '' }: Entry): string => (JSON.parse(Detail) as StateEvent).id;

/** Answers each call by what it says of each event. */
function answer(...calls: readonly (readonly (string | undefined)[])[]): void {
  let call = 0;
  mock.on(PutEventsCommand).callsFake(({ Entries = [] }: PutEventsCommandInput) => {
    const codes = calls[call] ?? [];
    call += 1;
    return {
      FailedEntryCount: codes.length,
      Entries: Entries.map((_, index) => {
        const ErrorCode = codes[index];
        return ErrorCode === undefined ? { EventId: 'x' } : { ErrorCode, ErrorMessage: 'c4n4ry' };
      }),
    };
  });
}

describe('what is told to an event bus', () => {
  it('is the event, with its type and its time', async () => {
    answer();
    const event = aStateEvent();
    await bus.announce([event]);
    expect(asked()).toEqual([
      [
        {
          EventBusName: 'plumbline',
          Source: 'plumbline',
          DetailType: 'plumbline.drifted',
          Detail: JSON.stringify(event),
          Time: new Date(event.at),
          Resources: [],
        },
      ],
    ]);
  });

  it('goes ten at a time, and nothing is asked for nothing', async () => {
    answer();
    await bus.announce([]);
    await bus.announce(events(25));
    expect(asked().map(({ length }) => length)).toEqual([10, 10, 5]);
  });

  it('goes in calls of 256 KB at most', async () => {
    answer();
    await bus.announce(events(5, { message: 'ü'.repeat(50_000) }));
    expect(asked().map(({ length }) => length)).toEqual([2, 2, 1]);
  });
});

describe('an event that the bus does not take', () => {
  it.each(['ThrottlingException', 'InternalFailure', 'InternalException'])(
    'for %s is put again, alone',
    async (code) => {
      answer([undefined, code, undefined], [code]);
      await bus.announce(events(3));
      expect(asked().map((entries) => entries.map(idOf))).toEqual([['0', '1', '2'], ['1'], ['1']]);
    },
  );

  it('as it takes it for wrong is an error, and the others are told', async () => {
    answer(['MalformedDetail', 'ThrottlingException', undefined]);
    expect(await failureOf(bus.announce(events(3)))).toMatchObject({
      code: 'queue-unavailable',
      retryable: false,
      message: 'Event bus plumbline: cannot put 3 events: AWS does not take events:PutEvents as it is asked',
    });
    expect(asked().map((entries) => entries.map(idOf))).toEqual([['0', '1', '2'], ['1']]);
  });

  it('nor says anything about is put again', async () => {
    mock
      .on(PutEventsCommand)
      .resolvesOnce({ Entries: [] })
      .resolves({ Entries: [{ EventId: 'x' }] });
    await bus.announce(events(1));
    expect(asked()).toHaveLength(2);
  });
});

describe('a bus that cannot be used', () => {
  it('as it is throttled is asked four times, and then is an error that may pass', async () => {
    mock.on(PutEventsCommand).rejects(awsTrouble('ThrottlingException', 400));
    expect(await failureOf(bus.announce(events(1)))).toMatchObject({ code: 'queue-unavailable', retryable: true });
    expect(asked()).toHaveLength(4);
  });

  it('as it is denied names the right', async () => {
    mock.on(PutEventsCommand).rejects(awsTrouble('AccessDeniedException', 400));
    expect(await failureOf(bus.announce(events(1)))).toMatchObject({
      message: 'Event bus plumbline: cannot put 1 event: AWS denies events:PutEvents',
      hint: "Allow events:PutEvents on the event bus plumbline to Plumbline's role.",
    });
    expect(asked()).toHaveLength(1);
  });
});

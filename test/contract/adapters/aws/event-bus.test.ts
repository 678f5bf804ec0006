import { EventBridge } from '@aws-sdk/client-eventbridge';
import { SQS } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEventBus } from '../../../../shared/adapters/aws/event-bus.ts';
import type { StateEvent } from '../../../../shared/model/state-event.ts';
import type { Announcer } from '../../../../shared/queue-ports.ts';
import { aStateEvent } from '../../../support/aws/a-state-event.ts';
import { allowUser, createUser } from '../../../support/aws/iam.ts';
import { type Emulator, startEmulator } from '../../../support/aws/start-emulator.ts';
import { eventually } from '../../../support/eventually.ts';
import { failureOf } from '../../../support/failure-of.ts';

let emulator: Emulator;
let sqs: SQS;
let url: string;
beforeAll(async () => {
  emulator = await startEmulator({ iam: true });
  process.env['AWS_ENDPOINT_URL'] = emulator.endpoint;
  const { region, credentials, endpoint } = emulator;
  const events = new EventBridge({ region, credentials, endpoint });
  sqs = new SQS({ region, credentials, endpoint });
  url = (await sqs.createQueue({ QueueName: 'told' })).QueueUrl ?? '';
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ['QueueArn'] });
  await events.createEventBus({ Name: 'plumbline' });
  const EventPattern = JSON.stringify({ source: ['plumbline'], 'detail-type': ['plumbline.drifted'] });
  await events.putRule({ Name: 'drifted', EventBusName: 'plumbline', EventPattern });
  const Targets = [{ Id: 'queue', Arn: Attributes?.['QueueArn'] ?? '' }];
  await events.putTargets({ Rule: 'drifted', EventBusName: 'plumbline', Targets });
  events.destroy();
});
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  sqs.destroy();
  await emulator.stop();
});

const open = (credentials = emulator.credentials): Announcer =>
  createEventBus({
    bus: 'plumbline',
    region: emulator.region,
    credentials: async () => credentials,
    attempts: { retries: 1, intervalMs: 1 },
  });

type Told = { readonly source: string; readonly 'detail-type': string; readonly detail: StateEvent };

describe('a bus of EventBridge', () => {
  it('gives each event to whom a rule names, by its type', async () => {
    const drifted = Array.from({ length: 12 }, (_, index) => aStateEvent({ id: `e-${100 + index}` }));
    await open().announce([aStateEvent({ id: 'other', type: 'plumbline.health' }), ...drifted]);
    const told: Told[] = [];
    await eventually('all are told', async () => {
      const { Messages = [] } = await sqs.receiveMessage({ QueueUrl: url, MaxNumberOfMessages: 10 });
      told.push(...Messages.map(({ Body = '' }) => JSON.parse(Body) as Told));
      return told.length >= drifted.length;
    });
    expect(told.map(({ detail }) => detail).sort((one, other) => one.id.localeCompare(other.id))).toEqual(drifted);
    expect(told[0]).toMatchObject({ source: 'plumbline', 'detail-type': 'plumbline.drifted' });
  });

  it('is an error for who may not put events', async () => {
    const keys = await createUser(emulator, 'relay');
    await allowUser(emulator, 'relay', [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }]);
    expect(await failureOf(open(keys).announce([aStateEvent()]))).toMatchObject({
      code: 'queue-unavailable',
      message: 'Event bus plumbline: cannot put 1 event: AWS denies events:PutEvents',
    });
  });
});

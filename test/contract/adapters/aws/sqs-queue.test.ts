import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, SQS } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSqsMessages } from '../../../../shared/adapters/aws/sqs-messages.ts';
import { createSqsQueue } from '../../../../shared/adapters/aws/sqs-queue.ts';
import type { Queue, Queued } from '../../../../shared/queue-ports.ts';
import { allowUser, createUser } from '../../../support/aws/iam.ts';
import { makeFifoQueue } from '../../../support/aws/make-fifo-queue.ts';
import { type Emulator, startEmulator } from '../../../support/aws/start-emulator.ts';
import { failureOf } from '../../../support/failure-of.ts';

let emulator: Emulator;
let sqs: SQS;
let url: string;
let queue: Queue;
beforeAll(async () => {
  emulator = await startEmulator({ iam: true });
  process.env['AWS_ENDPOINT_URL'] = emulator.endpoint;
  const { region, credentials, endpoint } = emulator;
  sqs = new SQS({ region, credentials, endpoint });
});
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  sqs.destroy();
  await emulator.stop();
});
beforeEach(async () => {
  url = await makeFifoQueue(emulator);
  queue = createSqsQueue({ url, ...calls() });
});

const calls = (credentials = emulator.credentials) => ({
  region: emulator.region,
  credentials: async () => credentials,
  attempts: { retries: 2, intervalMs: 1 },
});

const job = (group: string, id: string): Queued => ({
  group,
  id,
  message: { job: { work: 'follow', application: group, cause: 'git' }, origin: id },
});

async function receive(most = 10): Promise<readonly Message[]> {
  const asked = { QueueUrl: url, MaxNumberOfMessages: most, MessageAttributeNames: ['All'] };
  return (await sqs.receiveMessage(asked)).Messages ?? [];
}

/** All that comes, each taken out of the queue as soon as it is there. */
async function drain(): Promise<readonly Queued['message'][]> {
  const all: Queued['message'][] = [];
  for (let messages = await receive(); messages.length > 0; messages = await receive()) {
    for (const { ReceiptHandle, Body = '' } of messages) {
      all.push(JSON.parse(Body) as Queued['message']);
      await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle });
    }
  }
  return all;
}

describe('a queue of SQS', () => {
  it('gives back what was sent, those of a group in their order', async () => {
    const sent = Array.from({ length: 45 }, (_, index) => job(`app-${index % 4} ü`, `${index}`));
    await queue.send(sent);
    const got = await drain();
    for (let group = 0; group < 4; group += 1) {
      const ofGroup = (message: Queued['message']): boolean => Number(message.origin) % 4 === group;
      expect(got.filter(ofGroup)).toEqual(sent.map(({ message }) => message).filter(ofGroup));
    }
    expect(got).toHaveLength(45);
  });

  it('takes a message of an id once, from whomever it comes', async () => {
    await queue.send([job('a', 'one id, with blanks'), job('b', '2')]);
    await createSqsQueue({ url, ...calls() }).send([job('a', 'one id, with blanks')]);
    expect(await drain()).toHaveLength(2);
  });

  it('shows the messages of a group again after their time, and tells of one that is gone', async () => {
    const messages = createSqsMessages(calls());
    await queue.send([job('a', '1'), job('b', '2')]);
    const [first, second] = await receive();
    expect(await messages.setVisibility(url, first?.ReceiptHandle ?? '', 0)).toBe(true);
    expect(await messages.setVisibility(url, second?.ReceiptHandle ?? '', 600)).toBe(true);
    const again = await receive();
    expect(again.map(({ MessageId }) => MessageId)).toEqual([first?.MessageId]);
    await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: again[0]?.ReceiptHandle });
    expect(await messages.setVisibility(url, again[0]?.ReceiptHandle ?? '', 5)).toBe(false);
    expect(await messages.setVisibility(url, 'no handle', 5)).toBe(false);
    expect(await receive()).toEqual([]);
  });

  it('keeps the later ones of a group waiting while the first one is hidden for a while', async () => {
    const messages = createSqsMessages(calls());
    await queue.send([job('a', '1'), job('a', '2')]);
    const [first] = await receive(1);
    await messages.setVisibility(url, first?.ReceiptHandle ?? '', 600);
    expect(await receive()).toEqual([]);
    await messages.setVisibility(url, first?.ReceiptHandle ?? '', 1);
    await sleep(1_500);
    expect((await drain()).map(({ origin }) => origin)).toEqual(['1', '2']);
  });

  it('takes dead letters with their reason, each once', async () => {
    const messages = createSqsMessages(calls());
    const letter = { body: 'no JSON\u0000', reason: 'it is no JSON', group: 'a b' };
    await messages.sendDeadLetter(url, letter);
    await messages.sendDeadLetter(url, letter);
    const [dead, ...more] = await receive();
    expect(dead?.Body).toBe('no JSON\ufffd');
    expect(dead?.MessageAttributes?.['reason']?.StringValue).toBe('it is no JSON');
    expect(more).toEqual([]);
  });

  it('is an error where there is none, or where the right is missing', async () => {
    const none = createSqsQueue({ ...calls(), url: `${url.slice(0, -'.fifo'.length)}-none.fifo` });
    expect(await failureOf(none.send([job('a', '1')]))).toMatchObject({
      code: 'queue-unavailable',
      message: expect.stringContaining('AWS knows no such thing'),
    });
    const keys = await createUser(emulator, 'sender');
    await allowUser(emulator, 'sender', [{ Effect: 'Allow', Action: 'sqs:ReceiveMessage', Resource: '*' }]);
    const denied = createSqsQueue({ url, ...calls(keys) });
    expect(await failureOf(denied.send([job('a', '1')]))).toMatchObject({
      code: 'queue-unavailable',
      message: `Queue ${url}: cannot send 1 message: AWS denies sqs:SendMessage`,
      hint: expect.stringContaining('sqs:SendMessage'),
    });
  });
});

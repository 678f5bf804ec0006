import {
  ChangeMessageVisibilityCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createSqsMessages } from '../../../../shared/adapters/aws/sqs-messages.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { awsTrouble, testCalls } from './aws-trouble.ts';

const mock = mockClient(SQSClient);
beforeEach(() => void mock.reset());

const url = 'https://sqs.eu-west-1.amazonaws.com/123456789012/sync.fifo';
const messages = createSqsMessages(testCalls());

describe('when a message is shown again', () => {
  it.each([
    [30, 30],
    [0, 0],
    [-5, 0],
    [0.2, 1],
    [43_200, 42_240],
    [1e9, 42_240],
  ])('is set to %p seconds as %p', async (seconds, wanted) => {
    mock.on(ChangeMessageVisibilityCommand).resolves({});
    expect(await messages.setVisibility(url, 'handle', seconds)).toBe(true);
    const [call] = mock.commandCalls(ChangeMessageVisibilityCommand);
    expect(call?.args[0].input).toEqual({ QueueUrl: url, ReceiptHandle: 'handle', VisibilityTimeout: wanted });
  });

  it.each([
    ['is shown to others already', awsTrouble('MessageNotInflight', 400)],
    ['has a handle that is none', awsTrouble('ReceiptHandleIsInvalid', 400)],
    [
      'is gone',
      awsTrouble(
        'InvalidParameterValue',
        400,
        'Value AQ== for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.',
      ),
    ],
  ])('cannot be said of one that %s', async (_, error) => {
    mock.on(ChangeMessageVisibilityCommand).rejects(error);
    expect(await messages.setVisibility(url, 'handle', 1)).toBe(false);
  });

  it('is asked again when SQS is throttled', async () => {
    mock.on(ChangeMessageVisibilityCommand).rejectsOnce(awsTrouble('RequestThrottled', 400)).resolves({});
    expect(await messages.setVisibility(url, 'handle', 1)).toBe(true);
  });

  it('is an error where the right is missing, which is named', async () => {
    mock.on(ChangeMessageVisibilityCommand).rejects(awsTrouble('AccessDeniedException', 400));
    expect(await failureOf(messages.setVisibility(url, 'handle', 1))).toMatchObject({
      code: 'queue-unavailable',
      retryable: true,
      hint: expect.stringContaining('sqs:ChangeMessageVisibility on arn:aws:sqs:eu-west-1:123456789012:sync.fifo'),
    });
  });
});

describe('a dead letter', () => {
  const letter = { body: '{"job":7}', reason: 'job: not an object', group: 'shop' };
  const sent = (): readonly SendMessageCommandInput[] =>
    mock.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);
  beforeEach(() => void mock.on(SendMessageCommand).resolves({}));

  it('is the message as it came, with the reason beside it', async () => {
    await messages.sendDeadLetter(url, letter);
    expect(sent()[0]).toMatchObject({
      QueueUrl: url,
      MessageBody: '{"job":7}',
      MessageGroupId: 'shop',
      MessageDeduplicationId: expect.stringMatching(/^[0-9a-f]{64}$/),
      MessageAttributes: { reason: { DataType: 'String', StringValue: 'job: not an object' } },
    });
  });

  it('is the same when it is sent again, and another one for another reason', async () => {
    await messages.sendDeadLetter(url, letter);
    await messages.sendDeadLetter(url, letter);
    await messages.sendDeadLetter(url, { ...letter, reason: 'too old' });
    const [first, second, third] = sent().map(({ MessageDeduplicationId }) => MessageDeduplicationId);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it.each([
    ['a long reason', { reason: 'x'.repeat(2_000) }, 'x'.repeat(1_000), letter.body],
    ['one that ends in half a character', { reason: `${'x'.repeat(999)}😀` }, `${'x'.repeat(999)}\ufffd`, letter.body],
    ['no reason', { reason: '' }, '(none)', letter.body],
    ['no text', { body: '' }, letter.reason, '(empty)'],
    ['what is no text', { body: 'a\u0000b😀' }, letter.reason, 'a\ufffdb😀'],
  ])('takes %s', async (_, more, reason, body) => {
    await messages.sendDeadLetter(url, { ...letter, ...more });
    expect(sent()[0]).toMatchObject({
      MessageBody: body,
      MessageAttributes: { reason: { StringValue: reason } },
    });
  });

  it('is an error where it cannot be sent', async () => {
    mock.on(SendMessageCommand).rejects(awsTrouble('AccessDenied', 403));
    expect(await failureOf(messages.sendDeadLetter(url, letter))).toMatchObject({
      code: 'queue-unavailable',
      message: `Queue ${url}: cannot send a dead letter: AWS denies sqs:SendMessage`,
    });
  });
});

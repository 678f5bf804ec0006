import { SendMessageBatchCommand, type SendMessageBatchCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { createSqsQueue } from '../../../../shared/adapters/aws/sqs-queue.ts';
import type { Queue, Queued } from '../../../../shared/queue-ports.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { awsTrouble, testCalls } from './aws-trouble.ts';

const mock = mockClient(SQSClient);
beforeEach(() => void mock.reset());

const url = 'https://sqs.eu-west-1.amazonaws.com/123456789012/sync.fifo';
const open = (retries = 3): Queue => createSqsQueue({ url, ...testCalls(retries) });

function job(group: string, id: string, application = group): Queued {
  return { group, id, message: { job: { work: 'follow', application, cause: 'git' }, origin: 'a test' } };
}

type Entry = NonNullable<SendMessageBatchCommandInput['Entries']>[number];
type Fate = { readonly Code: string; readonly SenderFault: boolean; readonly Message?: string } | 'in' | 'unsaid';

/** A queue that takes what `fate` says, and notes what is in. */
function serve(fate: (entry: Entry, call: number) => Fate): { readonly inside: readonly string[] } {
  const inside: string[] = [];
  let call = 0;
  mock.on(SendMessageBatchCommand).callsFake(({ Entries = [] }: SendMessageBatchCommandInput) => {
    call += 1;
    const fates = Entries.map((entry) => ({ entry, told: fate(entry, call) }));
    for (const { entry, told } of fates) if (told === 'in') inside.push(entry.MessageDeduplicationId ?? '');
    return {
      Successful: fates.filter(({ told }) => told === 'in').map(({ entry }) => ({ Id: entry.Id })),
      Failed: fates.flatMap(({ entry, told }) => (typeof told === 'object' ? [{ Id: entry.Id, ...told }] : [])),
    };
  });
  return { inside };
}

const asked = (): readonly (readonly Entry[])[] =>
  mock.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input.Entries ?? []);
const idsOf = (entries: readonly Entry[] | undefined): readonly (string | undefined)[] =>
  (entries ?? []).map(({ MessageDeduplicationId }) => MessageDeduplicationId);
const throttled = { Code: 'RequestThrottled', SenderFault: false };

describe('what is sent to SQS', () => {
  it('is the message as JSON, with its group, and its id against repeats', async () => {
    serve(() => 'in');
    const sent = job('shop/web', 'a-1');
    await open().send([sent]);
    const [call] = mock.commandCalls(SendMessageBatchCommand);
    expect(call?.args[0].input.QueueUrl).toBe(url);
    expect(asked()[0]).toEqual([
      {
        Id: '0',
        MessageBody: JSON.stringify(sent.message),
        MessageGroupId: 'shop/web',
        MessageDeduplicationId: 'a-1',
      },
    ]);
  });

  it('goes ten at a time, and nothing is asked for nothing', async () => {
    const { inside } = serve(() => 'in');
    await open().send([]);
    expect(asked()).toEqual([]);
    await open().send(Array.from({ length: 25 }, (_, index) => job(`${index}`, `${index}`)));
    expect(asked().map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(inside).toHaveLength(25);
  });

  it('goes in calls of 256 KiB at most', async () => {
    serve(() => 'in');
    const text = 'x'.repeat(100 * 1024);
    await open().send(['a', 'b', 'c', 'd', 'e'].map((id) => job(id, id, text)));
    expect(asked().map(({ length }) => length)).toEqual([2, 2, 1]);
  });

  it.each([
    ['with a space', 'a b'],
    ['with another letter', 'köln'],
    ['too long', 'x'.repeat(129)],
    ['empty', ''],
  ])('has a hash in place of an id that is %s', async (_, id) => {
    serve(() => 'in');
    await open().send([job(id, id, 'web')]);
    const [entry] = asked()[0] ?? [];
    expect(entry?.MessageGroupId).toMatch(/^[0-9a-f]{64}$/);
    expect(entry?.MessageDeduplicationId).toBe(entry?.MessageGroupId);
  });

  it('holds what SQS takes for no text, written otherwise', async () => {
    serve(() => 'in');
    const sent = job('a', 'a', 'a\u0000\ud800\ufffe\uffff');
    await open().send([sent]);
    const body = asked()[0]?.[0]?.MessageBody ?? '';
    expect(body).toMatch(/^[ -~]*$/);
    expect(JSON.parse(body)).toEqual(sent.message);
  });

  it('goes once, where one call holds a message twice', async () => {
    const { inside } = serve(() => 'in');
    await open().send([job('a', '1'), job('b', '1'), job('a', '1'), job('a', '2')]);
    expect(inside).toEqual(['1', '1', '2']);
  });
});

describe('a message that the queue does not take', () => {
  it('for a trouble of its own is sent again, alone', async () => {
    const { inside } = serve(({ MessageDeduplicationId }, call) =>
      MessageDeduplicationId === 'b' && call < 3 ? throttled : 'in',
    );
    await open().send([job('a', 'a'), job('b', 'b'), job('c', 'c')]);
    expect(asked().map(idsOf)).toEqual([['a', 'b', 'c'], ['b'], ['b']]);
    expect(inside).toEqual(['a', 'c', 'b']);
  });

  it('nor says anything about is sent again', async () => {
    serve((_, call) => (call === 1 ? 'unsaid' : 'in'));
    await open().send([job('a', 'a')]);
    expect(asked()).toHaveLength(2);
  });

  it('keeps those of its group waiting, and no others', async () => {
    const { inside } = serve(({ MessageDeduplicationId }, call) =>
      MessageDeduplicationId === 'a1' && call === 1 ? throttled : 'in',
    );
    await open().send([job('a', 'a1'), job('a', 'a2'), job('a', 'a3'), job('b', 'b1'), job('b', 'b2')]);
    expect(inside).toEqual(['b1', 'a1', 'a2', 'b2', 'a3']);
  });

  it('as it takes it for wrong is an error in the end, sent once, and the later ones of its group are not in', async () => {
    const { inside } = serve(({ MessageDeduplicationId }) =>
      MessageDeduplicationId === 'a1' ? { Code: 'InvalidMessageContents', SenderFault: true } : 'in',
    );
    expect(
      await failureOf(open().send([job('a', 'a1'), job('a', 'a2'), job('b', 'b1'), job('b', 'b2')])),
    ).toMatchObject({
      code: 'queue-unavailable',
      retryable: true,
      message: `Queue ${url}: cannot send 4 messages: AWS does not take sqs:SendMessage as it is asked`,
    });
    expect(inside).toEqual(['b1', 'b2']);
  });

  it('is an error after four attempts', async () => {
    serve(() => throttled);
    expect(await failureOf(open().send([job('a', 'a'), job('b', 'b')]))).toMatchObject({
      code: 'queue-unavailable',
      retryable: true,
      message: expect.stringContaining('less often'),
    });
    expect(asked()).toHaveLength(4);
  });

  it('never lets its group get out of order, whatever fails', async () => {
    const groups = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 40 });
    const fates = fc.infiniteStream(
      fc.constantFrom<Fate>('in', 'in', 'in', 'unsaid', throttled, { Code: 'X', SenderFault: true }),
    );
    await fc.assert(
      fc.asyncProperty(groups, fates, async (drawn, fate) => {
        mock.reset();
        const { inside } = serve(() => fate.next().value);
        const sent = drawn.map((group, index) => job(group, `${group}:${index}`));
        const ended = await open(1)
          .send(sent)
          .then(
            () => 'all',
            () => 'some',
          );
        for (const group of ['a', 'b', 'c']) {
          const wanted = sent.filter((one) => one.group === group).map(({ id }) => id);
          const got = inside.filter((id) => id.startsWith(group));
          expect(got).toEqual(wanted.slice(0, got.length));
          if (ended === 'all') expect(got).toEqual(wanted);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a queue that cannot be used', () => {
  it.each([
    ['throttled', awsTrouble('RequestThrottled', 400)],
    ['in trouble', awsTrouble('InternalFailure', 500)],
    ['silent', awsTrouble('TimeoutError')],
  ])('as it is %s is asked again', async (_, error) => {
    mock
      .on(SendMessageBatchCommand)
      .rejectsOnce(error)
      .resolves({ Successful: [{ Id: '0', MessageId: 'm', MD5OfMessageBody: '' }] });
    await open().send([job('a', 'a')]);
    expect(asked()).toHaveLength(2);
  });

  it.each([
    [
      'is denied',
      'AccessDenied',
      'denies sqs:SendMessage',
      'sqs:SendMessage on arn:aws:sqs:eu-west-1:123456789012:sync.fifo',
    ],
    ['has a key that is denied', 'KmsAccessDenied', 'denies kms:', 'kms:GenerateDataKey and kms:Decrypt'],
    ['is not there', 'QueueDoesNotExist', 'no such', 'Check its name'],
  ])('as it %s is an error at once, whatever waits to be sent', async (_, name, why, hint) => {
    mock.on(SendMessageBatchCommand).rejects(awsTrouble(name, 400));
    const error = await failureOf(open().send(Array.from({ length: 200 }, (__, index) => job(`${index}`, `${index}`))));
    expect(error).toMatchObject({
      code: 'queue-unavailable',
      message: expect.stringContaining(why),
      hint: expect.stringContaining(hint),
    });
    expect(asked().length).toBeLessThanOrEqual(8);
    expect(JSON.stringify([error.message, error.hint])).not.toContain('c4n4ry');
  });
});

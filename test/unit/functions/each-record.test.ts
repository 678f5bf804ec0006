import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { eachRecord, type Mailbox } from '../../../functions/each-record.ts';
import { logger, metrics } from '../../../functions/middleware.ts';
import { parseSyncMessage } from '../../../functions/parse-message.ts';
import { triesOf } from '../../../functions/tries.ts';
import { PlumbError } from '../../../shared/errors.ts';
import { done, type JobEnd } from '../../../shared/workflows/jobs/job-end.ts';
import { recordOf } from './records.ts';

beforeAll(() => logger.setLogLevel('SILENT'));
// Counted are the hand-backs; a hundred of them would be told.
afterEach(() => metrics.clearMetrics());

const again: JobEnd = { is: 'again', afterMs: 10_000, waitsFor: 'a rollout' };
const hopeless: JobEnd = { is: 'hopeless', reason: 'nobody knows it' };

/** Messages given as `group/end`: what each comes to. `isOther`: a hand-back makes another message. */
async function run(messages: readonly string[], isOther = false) {
  const ends: { readonly [end: string]: JobEnd } = { done, again, hopeless };
  const said: string[] = [];
  const mailbox: Mailbox = {
    hold: async ({ messageId }) => void said.push(`hold ${messageId}`),
    again: async ({ messageId }, afterMs) => {
      said.push(`again ${messageId} ${afterMs}`);
      return isOther;
    },
    deadLetter: async ({ messageId }, reason) => void said.push(`dead ${messageId} ${reason}`),
  };
  const records = messages.map((message, index) =>
    recordOf({ messageId: `${index}`, group: message.split('/')[0] ?? '', body: message.split('/')[1] ?? '' }),
  );
  const worked: string[] = [];
  const { batchItemFailures } = await eachRecord(
    { Records: records },
    async ({ messageId, body }) => {
      worked.push(messageId);
      return ends[body] ?? done;
    },
    mailbox,
  );
  return { said, worked, failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
}

describe('The messages of a batch', () => {
  it('are worked on one after another, each held while it is', async () => {
    expect(await run(['shop/done', 'shop/done'])).toEqual({
      said: ['hold 0', 'hold 1'],
      worked: ['0', '1'],
      failed: [],
    });
  });

  it('go back where they are not done, and none behind them of their group is touched', async () => {
    const { said, worked, failed } = await run(['shop/again', 'shop/done', 'other/done', 'shop/done']);
    expect(worked).toEqual(['0', '2']);
    expect(failed).toEqual(['0', '1', '3']);
    expect(said).toEqual(['hold 0', 'again 0 10000', 'hold 2']);
  });

  it('are over where they go on as another message, and those behind them are worked on', async () => {
    const { worked, failed } = await run(['shop/again', 'shop/done'], true);
    expect([worked, failed]).toEqual([['0', '1'], []]);
  });

  it('are put aside with the reason where nothing comes of them, and count as done', async () => {
    const { said, worked, failed } = await run(['shop/hopeless', 'shop/done']);
    expect(said).toContain('dead 0 nobody knows it');
    expect([worked, failed]).toEqual([['0', '1'], []]);
  });

  it('are put aside with the reason where they cannot be read', async () => {
    const letters: string[] = [];
    const mailbox: Mailbox = {
      hold: async () => undefined,
      again: async () => false,
      deadLetter: async (_record, reason) => void letters.push(reason),
    };
    const work = async ({ body }: SQSRecord): Promise<JobEnd> => {
      parseSyncMessage(body);
      return done;
    };
    expect(await eachRecord({ Records: [recordOf({ body: 'hello' })] }, work, mailbox)).toEqual({
      batchItemFailures: [],
    });
    expect(letters).toEqual([expect.stringMatching(/^a message cannot be read: .*\(it is among the dead letters/)]);
  });

  it.each([
    ['an error that nobody foresaw', new Error('a fault of ours')],
    ['one that was foreseen', new PlumbError('store-unusable', 'the store does not answer')],
  ])('are shown again when the work throws %s', async (_what, error) => {
    const mailbox: Mailbox = {
      hold: async () => undefined,
      again: async () => true,
      deadLetter: async () => undefined,
    };
    await expect(eachRecord({ Records: [recordOf()] }, () => Promise.reject(error), mailbox)).rejects.toBe(error);
  });

  it('keep their order in each group, whatever comes of each', async () => {
    const message = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('done', 'again', 'hopeless'));
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 10 }), async (given) => {
        metrics.clearMetrics();
        const messages = given.map(([group, end]) => `${group}/${end}`);
        const { worked, failed } = await run(messages);
        const [workedOn, left] = [new Set(worked), new Set(failed)];
        for (const [index, [group, end]] of given.entries()) {
          const before = given.slice(0, index).some(([other], at) => other === group && left.has(`${at}`));
          expect(workedOn.has(`${index}`)).toBe(!before);
          expect(left.has(`${index}`)).toBe(before || end === 'again');
        }
      }),
    );
  });
});

describe('How often a message was tried', () => {
  const body = JSON.stringify({ job: { work: 'follow', application: 'shop', cause: 'git' }, origin: 'tick' });

  it('is as often as it was received', () => {
    expect(triesOf(recordOf({ body, receives: 3 }))).toBe(3);
    expect(triesOf(recordOf({ body: 'hello', receives: 3 }))).toBe(3);
  });

  it('is counted on when it becomes another message', async () => {
    const bodies: string[] = [];
    const mailbox: Mailbox = {
      hold: async () => undefined,
      again: async (record) => {
        bodies.push(record.body);
        return true;
      },
      deadLetter: async () => undefined,
    };
    await eachRecord({ Records: [recordOf({ body, receives: 2 })] }, async () => again, mailbox);
    await eachRecord({ Records: [recordOf({ body: bodies[0] ?? '' })] }, async () => again, mailbox);
    expect(triesOf(recordOf({ body: bodies[1] ?? '' }))).toBe(4);
    expect(parseSyncMessage(bodies[1] ?? '')).toEqual({ ...JSON.parse(body), tries: 3 });
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import { againIfPassing } from '../../../functions/again-if-passing.ts';
import { logger } from '../../../functions/middleware.ts';
import { GitError, PlumbError } from '../../../shared/errors.ts';
import { done } from '../../../shared/workflows/jobs/job-end.ts';
import { recordOf } from './records.ts';

beforeAll(() => logger.setLogLevel('SILENT'));

const passing = new GitError('git-timeout', 'git.example does not answer', { retryable: true });
const lasting = new PlumbError('store-corrupt', 'wanted/shop.json cannot be used', { hint: 'delete it' });
const fail = (error: unknown, receives: number) => againIfPassing(recordOf({ receives }), () => Promise.reject(error));

describe('Work', () => {
  it('that is done is done', async () => {
    expect(await againIfPassing(recordOf(), async () => done)).toEqual(done);
  });

  it.each([
    ['at first', 1, 15_000],
    ['later', 4, 60_000],
  ])('that fails for the moment is tried again %s, longer after each time', async (_when, receives, afterMs) => {
    expect(await fail(passing, receives)).toEqual({ is: 'again', afterMs, waitsFor: 'git.example does not answer' });
  });

  it('that fails as nobody foresaw is tried again', async () => {
    expect(await fail(new TypeError('x is undefined'), 1)).toMatchObject({ is: 'again' });
  });

  it.each([
    ['passing', passing],
    ['a fault of ours', new TypeError('x is undefined')],
  ])('is given up after five tries, though it is %s', async (_what, error) => {
    expect(await fail(error, 5)).toMatchObject({ is: 'hopeless' });
  });

  it('that fails for good is given up at once, with what to do', async () => {
    expect(await fail(lasting, 1)).toEqual({ is: 'hopeless', reason: 'wanted/shop.json cannot be used (delete it)' });
  });
});

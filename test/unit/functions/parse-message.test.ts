import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseRenderMessage, parseRestoreMessage, parseSyncMessage } from '../../../functions/parse-message.ts';
import { PlumbError } from '../../../shared/errors.ts';
import { followCauses, type Job, type JobMessage } from '../../../shared/model/job.ts';

const parsers = { render: parseRenderMessage, sync: parseSyncMessage, restore: parseRestoreMessage };
type Queue = keyof typeof parsers;

const jobs: readonly (readonly [Queue, Job])[] = [
  ['render', { work: 'declare' }],
  ['render', { work: 'look', repoURLs: ['https://git/x', 'git@git:x'] }],
  ...followCauses.map((cause) => ['sync', { work: 'follow', application: 'shop', cause }] as const),
  ['sync', { work: 'sync', application: 'shop' }],
  ['sync', { work: 'sync', application: 'shop', prune: true, approvePrune: false, resources: [':ConfigMap:*'] }],
  ['sync', { work: 'unpin', application: 'shop' }],
  ['sync', { work: 'rollback', application: 'shop' }],
  [
    'sync',
    {
      work: 'rollback',
      application: 'shop',
      snapshot: '20260101',
      until: 'unpinned',
      secrets: 'as-of-snapshot',
      why: 'it hurts',
    },
  ],
  ['restore', { work: 'restore', cluster: 'prod' }],
  ['restore', { work: 'restore', cluster: 'prod', to: 'stage', at: '2026-01-01T00:00:00Z', apps: 'shop-*' }],
];

const wrong = (parse: (body: string) => unknown, body: string): PlumbError => {
  try {
    parse(body);
  } catch (error) {
    return error as PlumbError;
  }
  throw new Error('it was read');
};

describe('A message', () => {
  it.each(jobs)('of the %s queue with %j comes out as it went in', (queue, job) => {
    const message: JobMessage = { job, origin: 'ada' };
    expect(parsers[queue](JSON.stringify(message))).toEqual(message);
    expect(parsers[queue](JSON.stringify({ ...message, tries: 7 }))).toEqual({ ...message, tries: 7 });
  });

  it.each(jobs)('of the %s queue with %j is read by a version that does not know all of its fields', (queue, job) => {
    const body = JSON.stringify({ job: { ...job, later: true }, origin: 'ada', later: {} });
    expect(parsers[queue](body)).toEqual({ job, origin: 'ada' });
  });

  it.each(jobs)('of the %s queue with %j is for no other queue', (queue, job) => {
    const body = JSON.stringify({ job, origin: 'ada' });
    for (const [other, parse] of Object.entries(parsers))
      if (other !== queue) expect(wrong(parse, body)).toMatchObject({ code: 'message-invalid', retryable: false });
  });

  it.each<[string, Queue, unknown, string]>([
    ['of unknown work', 'sync', { job: { work: 'explode', application: 'shop' }, origin: 'x' }, 'job.work'],
    ['without an origin', 'sync', { job: { work: 'sync', application: 'shop' } }, 'origin'],
    ['with an empty origin', 'sync', { job: { work: 'sync', application: 'shop' }, origin: '' }, 'origin'],
    ['without an application', 'sync', { job: { work: 'follow', cause: 'git' }, origin: 'x' }, 'job.application'],
    [
      'with an unknown cause',
      'sync',
      { job: { work: 'follow', application: 'a', cause: 'whim' }, origin: 'x' },
      'job.cause',
    ],
    [
      'with a text for a flag',
      'sync',
      { job: { work: 'sync', application: 'a', prune: 'yes' }, origin: 'x' },
      'job.prune',
    ],
    ['with nothing to look at', 'render', { job: { work: 'look', repoURLs: [] }, origin: 'x' }, 'job.repoURLs'],
    [
      'with a time that is none',
      'restore',
      { job: { work: 'restore', cluster: 'a', at: 'noon' }, origin: 'x' },
      'job.at',
    ],
    [
      'with a negative count of tries',
      'restore',
      { job: { work: 'restore', cluster: 'a' }, origin: 'x', tries: -1 },
      'tries',
    ],
    ['that is a list', 'render', [], ''],
    ['that is nothing', 'render', null, ''],
  ])('%s cannot be read, and says where', (_what, queue, message, where) => {
    const error = wrong(parsers[queue], JSON.stringify(message));
    expect(error.code).toBe('message-invalid');
    expect(error.message).toContain(`a message cannot be read: ${where}`);
  });

  it('of any bytes at all is an error that says so, and no other', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.constantFrom(...Object.values(parsers)), (body, parse) => {
        const error = wrong(parse, body);
        expect(error).toBeInstanceOf(PlumbError);
        expect(error.code).toBe('message-invalid');
      }),
    );
  });
});

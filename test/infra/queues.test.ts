import { describe, expect, test } from '@jest/globals';
import { functionSizes } from '../../infra/constructs/sizes.ts';
import { inWords } from './support/rights-of.ts';
import { synthesise } from './support/synthesise.ts';

const plain = synthesise();
const queues = [
  { stack: 'render', name: 'plumbline-render.fifo', worker: 'render' },
  { stack: 'sync-public', name: 'plumbline-sync-public.fifo', worker: 'sync' },
  { stack: 'sync-public', name: 'plumbline-restore-public.fifo', worker: 'restore' },
] as const;

describe.each(queues)('the queue $name', ({ stack, name, worker }) => {
  const [queue] = plain.resources(stack, 'AWS::SQS::Queue').filter(({ Properties }) => Properties.QueueName === name);

  test('keeps the order of a group, and as many groups apart as there are', () => {
    expect(queue?.Properties).toMatchObject({
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      SqsManagedSseEnabled: true,
    });
  });

  test('shows a message again after six times the time-out of the function', () => {
    expect(queue?.Properties.VisibilityTimeout).toBe(functionSizes[worker].timeout.toSeconds() * 6);
  });

  test('gives up a message that came back too often', () => {
    expect(inWords(queue?.Properties.RedrivePolicy.deadLetterTargetArn)).toBe('<plumbline-failed-work-arn>');
    expect(queue?.Properties.RedrivePolicy.maxReceiveCount).toBe(worker === 'render' ? 5 : 1000);
  });

  test('feeds its function a message at a time, and so many at once', () => {
    const mappings = plain.resources(stack, 'AWS::Lambda::EventSourceMapping').map(({ Properties }) => Properties);
    const { atOnce } = functionSizes[worker];
    expect(mappings).toContainEqual(
      expect.objectContaining({
        BatchSize: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: atOnce },
      }),
    );
  });
});

test('all queues speak TLS', () => {
  for (const stack of ['state', 'render', 'sync-public']) {
    const denials = plain.resources(stack, 'AWS::SQS::QueuePolicy');
    expect(denials.length).toBe(plain.resources(stack, 'AWS::SQS::Queue').length);
    for (const { Properties } of denials) expect(JSON.stringify(Properties)).toContain('aws:SecureTransport');
  }
});

test('dead letters are kept for two weeks', () => {
  const dead = plain
    .resources('state', 'AWS::SQS::Queue')
    .filter(({ Properties }) => Properties.RedrivePolicy === undefined);
  expect(dead.map(({ Properties }) => Properties.MessageRetentionPeriod)).toEqual([1_209_600, 1_209_600]);
});

import { attempt, type Outcome, usualAttempts } from '../attempt.ts';
import { type CallOptions, callConfig } from '../call-options.ts';
import { regionOf } from './region-of.ts';

/** How many messages a queue has, as far as SQS knows. */
export type QueueLook = {
  /** Those that can be taken. */
  readonly waiting: number;
  /** Those that somebody works on, or that are put off. */
  readonly taken: number;
  /** The ARN of the queue that gets those which come back too often. */
  readonly deadLetterQueue?: string;
};

/** Looks at a queue. Nothing is taken out of it. */
export async function lookAtQueue(url: string, options: CallOptions = {}): Promise<Outcome<QueueLook>> {
  const { SQSClient, GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
  const client = new SQSClient(callConfig({ ...options, ...regionOf(url) }));
  const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  try {
    return await attempt(
      'sqs:GetQueueAttributes',
      async () => toLook((await client.send(asked)).Attributes ?? {}),
      options.attempts ?? usualAttempts,
    );
  } finally {
    client.destroy();
  }
}

function toLook(attributes: { readonly [name: string]: string | undefined }): QueueLook {
  const count = (name: string): number => Number(attributes[`ApproximateNumberOfMessages${name}`] ?? 0);
  const deadLetterQueue = deadLetterQueueIn(attributes['RedrivePolicy']);
  return {
    waiting: count(''),
    taken: count('NotVisible') + count('Delayed'),
    ...(deadLetterQueue === undefined ? {} : { deadLetterQueue }),
  };
}

function deadLetterQueueIn(policy: string | undefined): string | undefined {
  if (policy === undefined) return undefined;
  const { deadLetterTargetArn } = JSON.parse(policy) as { readonly deadLetterTargetArn?: string };
  return deadLetterTargetArn;
}

import { randomUUID } from 'node:crypto';
import { type Message, SQS } from '@aws-sdk/client-sqs';
import type { JobMessage } from '../../../shared/model/job.ts';
import type { Emulator } from '../aws/start-emulator.ts';

/** The queues of an installation, from outside. */
export type Queues = {
  /** Puts a message, or any text, into a FIFO queue. */
  send(queueUrl: string, group: string, body: JobMessage | string): Promise<void>;
  /** What is in a queue and nobody has taken out; it stays there. */
  peek(queueUrl: string): Promise<readonly Message[]>;
  /** How many messages wait, are worked on, or are not to be seen yet. */
  count(queueUrl: string): Promise<number>;
  /** Until what it gives is called, no message is kept back, as if the time that this takes had always passed. */
  hurry(queueUrls: readonly string[]): () => void;
  close(): void;
};

/** Opens the queues with all rights. */
export function openQueues({ endpoint, region, credentials }: Emulator): Queues {
  // A queue's URL names a host of AWS.
  const sqs = new SQS({ endpoint, region, credentials, useQueueUrlAsEndpoint: false });
  return {
    send: async (QueueUrl, MessageGroupId, body) => {
      const MessageBody = typeof body === 'string' ? body : JSON.stringify(body);
      await sqs.sendMessage({ QueueUrl, MessageGroupId, MessageBody, MessageDeduplicationId: randomUUID() });
    },
    peek: async (QueueUrl) => {
      const { Messages = [] } = await sqs.receiveMessage({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
        MessageAttributeNames: ['All'],
      });
      return Messages;
    },
    count: async (QueueUrl) => {
      const AttributeNames = [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ] as const;
      const { Attributes = {} } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: [...AttributeNames] });
      return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
    },
    hurry: (queueUrls) => {
      const names = queueUrls.map((queueUrl) => queueUrl.split('/').at(-1));
      const timer = setInterval(() => {
        // Where the emulator is gone, what the test waits for does not come either.
        for (const name of names) void fetch(`${endpoint}/_test/show/${name}`, { method: 'POST' }).catch(() => {});
      }, 500);
      return () => clearInterval(timer);
    },
    close: () => sqs.destroy(),
  };
}

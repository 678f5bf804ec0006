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
  /** Shows messages again that are not to be seen yet, as if the time that this takes had passed. */
  showAgain(queueUrl: string): Promise<void>;
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
    showAgain: async (queueUrl) => {
      const answer = await fetch(`${endpoint}/_test/show-again/${queueUrl.split('/').at(-1)}`, { method: 'POST' });
      if (!answer.ok) throw new Error(`messages of ${queueUrl} are not shown again: ${answer.status}`);
    },
    close: () => sqs.destroy(),
  };
}

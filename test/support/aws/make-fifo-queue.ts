import { randomBytes } from 'node:crypto';
import { SQS } from '@aws-sdk/client-sqs';
import type { Emulator } from './start-emulator.ts';

/** Makes a FIFO queue of a name of its own, and gives its URL. */
export async function makeFifoQueue({ endpoint, region, credentials }: Emulator): Promise<string> {
  const client = new SQS({ endpoint, region, credentials });
  const QueueName = `queue-${randomBytes(6).toString('hex')}.fifo`;
  const { QueueUrl = '' } = await client.createQueue({ QueueName, Attributes: { FifoQueue: 'true' } });
  client.destroy();
  return QueueUrl;
}

import {
  ChangeMessageVisibilityCommand,
  type ChangeMessageVisibilityCommandInput,
  SendMessageBatchCommand,
  type SendMessageBatchCommandInput,
  type SendMessageBatchCommandOutput,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { CallConfig } from '../call-options.ts';

/** The calls of SQS that are made, and no more of its client: that is what a function has to load. */
export class SqsCalls {
  readonly #client: SQSClient;

  constructor(config: CallConfig) {
    // A queue's URL is its name; where it is called, the region says, or an endpoint of the environment.
    this.#client = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
  }

  async sendMessage(input: SendMessageCommandInput): Promise<void> {
    await this.#client.send(new SendMessageCommand(input));
  }

  sendMessageBatch(input: SendMessageBatchCommandInput): Promise<SendMessageBatchCommandOutput> {
    return this.#client.send(new SendMessageBatchCommand(input));
  }

  async changeMessageVisibility(input: ChangeMessageVisibilityCommandInput): Promise<void> {
    await this.#client.send(new ChangeMessageVisibilityCommand(input));
  }
}

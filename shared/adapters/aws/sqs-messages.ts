import { createHash } from 'node:crypto';
import { attempt, usualAttempts } from './attempt.ts';
import type { CallOptions } from './call-options.ts';
import type { SqsCalls } from './clients/sqs-calls.ts';
import { toFifoId } from './fifo-id.ts';
import { createSqsClients, queueErrorOf } from './sqs-client.ts';

/** A message that nobody can do anything with. */
export type DeadLetter = { readonly body: string; readonly reason: string; readonly group: string };

/** What is done with messages that were received. PlumbError `queue-unavailable`, retryable, where it is not done. */
export type SqsMessages = {
  /** Shows a message again after so many seconds, 12 hours at most; false when it is not ours any more. */
  setVisibility(queueUrl: string, receiptHandle: string, seconds: number): Promise<boolean>;
  /** Puts a message into a queue of dead letters, with its `reason` beside it. */
  sendDeadLetter(queueUrl: string, letter: DeadLetter): Promise<void>;
};

/** SQS counts the 12 hours from when the message was received, which is as long ago as a function may run. */
const longestSeconds = 12 * 3600 - 16 * 60;
const longestReason = 1_000;

/** Handles messages of SQS. */
export function createSqsMessages({ attempts = usualAttempts, ...options }: CallOptions = {}): SqsMessages {
  const clientOf = createSqsClients(options);
  return {
    setVisibility: async (queueUrl, receiptHandle, seconds) => {
      const client = await clientOf(queueUrl);
      const VisibilityTimeout = Math.min(Math.max(0, Math.ceil(seconds)), longestSeconds);
      const change = { QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout };
      const outcome = await attempt('sqs:ChangeMessageVisibility', () => changeVisibility(client, change), attempts);
      if (outcome.ok) return outcome.value;
      throw queueErrorOf(outcome.failure, { queueUrl, tried: 'change when a message is shown again' });
    },
    sendDeadLetter: async (queueUrl, letter) => {
      const client = await clientOf(queueUrl);
      const order = queueUrl.endsWith('.fifo') ? toOrder(letter) : {};
      const input = { QueueUrl: queueUrl, ...toInput(letter), ...order };
      const outcome = await attempt('sqs:SendMessage', () => client.sendMessage(input), attempts);
      if (!outcome.ok) throw queueErrorOf(outcome.failure, { queueUrl, tried: 'send a dead letter' });
    },
  };
}

const gone = /^(MessageNotInflight|ReceiptHandleIsInvalid|AWS\.SimpleQueueService\.MessageNotInflight)$/;
const goneReason = /message does not exist|not available for visibility timeout change|receipt handle has expired/i;

async function changeVisibility(
  client: SqsCalls,
  change: Parameters<SqsCalls['changeMessageVisibility']>[0],
): Promise<boolean> {
  try {
    await client.changeMessageVisibility(change);
    return true;
  } catch (error) {
    if (error instanceof Error && (gone.test(error.name) || goneReason.test(error.message))) return false;
    throw error;
  }
}

type SendInput = Omit<Parameters<SqsCalls['sendMessage']>[0], 'QueueUrl'>;

function toInput({ body, reason }: DeadLetter): SendInput {
  return {
    MessageBody: takeable(body) || '(empty)',
    MessageAttributes: {
      reason: { DataType: 'String', StringValue: takeable(reason.slice(0, longestReason)) || '(none)' },
    },
  };
}

/** Other queues than FIFO ones take no id. */
function toOrder({ body, reason, group }: DeadLetter): Partial<SendInput> {
  return {
    MessageGroupId: toFifoId(group),
    // Its own repeat is none, but the same body for another reason is one more.
    MessageDeduplicationId: createHash('sha256')
      .update(JSON.stringify([group, reason, body]))
      .digest('hex'),
  };
}

/** SQS takes only characters that XML may hold. */
function takeable(text: string): string {
  return text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

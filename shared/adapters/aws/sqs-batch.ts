import type {
  BatchResultErrorEntry,
  SendMessageBatchCommandOutput,
  SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import { type Attempts, attempt } from './attempt.ts';
import { type AwsFailure, AwsFailureError, failureOf, mayPass } from './aws-failure.ts';
import type { SqsCalls } from './clients/sqs-calls.ts';

export type SqsEntry = SendMessageBatchRequestEntry & { readonly Id: string; readonly MessageBody: string };

export type SqsPlace = { readonly client: SqsCalls; readonly queueUrl: string; readonly attempts: Attempts };

/** What became of a batch: the ids of what is not in, and why. */
export type SqsSent = {
  readonly unsent: readonly string[];
  readonly failure?: AwsFailure;
  /** True: it is not for what was sent that it failed. */
  readonly isOfTheQueue: boolean;
};

const action = 'sqs:SendMessage';

/** Sends a batch; what the queue could not take of it goes again, alone, as often as a call that gets no answer. */
export async function sendSqsBatch(entries: readonly SqsEntry[], place: SqsPlace): Promise<SqsSent> {
  const { client, queueUrl, attempts } = place;
  const refused: Refusal[] = [];
  let left = entries;
  const send = async (): Promise<void> => {
    const answer = await client.sendMessageBatch({ QueueUrl: queueUrl, Entries: [...left] });
    refused.push(...refusalsIn(answer));
    left = leftOf(left, answer);
    if (left.length > 0) throw new AwsFailureError(passingFailure(answer));
  };
  const outcome = await attempt(action, send, attempts);
  const failure = outcome.ok ? refused[0]?.failure : outcome.failure;
  const unsent = [...refused.map(({ id }) => id), ...(outcome.ok ? [] : left.map(({ Id }) => Id))];
  return { unsent, isOfTheQueue: !outcome.ok, ...(failure === undefined ? {} : { failure }) };
}

type Refusal = { readonly id: string; readonly failure: AwsFailure };

/** What the queue will not take however often it is sent. */
function refusalsIn({ Failed = [] }: SendMessageBatchCommandOutput): readonly Refusal[] {
  return Failed.filter(isOurFault).map(({ Id = '', Code = '', Message = '' }) => ({
    id: Id,
    failure: failureOf({ name: Code, message: Message, status: 400 }, action),
  }));
}

/** What the answer says nothing about is not known to be in. */
function leftOf(
  sent: readonly SqsEntry[],
  { Successful = [], Failed = [] }: SendMessageBatchCommandOutput,
): readonly SqsEntry[] {
  const done = new Set([...Successful, ...Failed.filter(isOurFault)].map(({ Id }) => Id));
  return sent.filter(({ Id }) => !done.has(Id));
}

function passingFailure({ Failed = [] }: SendMessageBatchCommandOutput): AwsFailure {
  const { Code = '', Message = '' } = Failed.find((entry) => !isOurFault(entry)) ?? {};
  const failure = failureOf({ name: Code, message: Message, status: 500 }, action);
  return mayPass(failure) ? failure : { kind: 'unreachable', action };
}

function isOurFault({ SenderFault }: BatchResultErrorEntry): boolean {
  return SenderFault === true;
}

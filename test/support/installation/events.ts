import { EventBridge } from '@aws-sdk/client-eventbridge';
import { SQS } from '@aws-sdk/client-sqs';
import type { StateEvent } from '../../../shared/model/state-event.ts';
import type { Emulator } from '../aws/start-emulator.ts';

export type EventTap = {
  /** What was told on the event bus, oldest first. */
  readonly events: readonly StateEvent[];
  /** Tells, in place of AWS, that a secret has a new value. */
  tellSecretChanged(name: string): Promise<void>;
  close(): Promise<void>;
};

/** Listens to what Plumbline tells on a bus from now on, by a rule and a queue as anybody would. */
export async function tapEvents(emulator: Emulator, bus: string): Promise<EventTap> {
  const { endpoint, region, credentials } = emulator;
  const sqs = new SQS({ endpoint, region, credentials });
  const bridge = new EventBridge({ endpoint, region, credentials });
  const name = 'test-events';
  const arn = `arn:aws:sqs:${region}:000000000000:${name}`;
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: arn },
    ],
  });
  const { QueueUrl } = await sqs.createQueue({ QueueName: name, Attributes: { Policy } });
  const EventPattern = JSON.stringify({ source: ['plumbline'] });
  await bridge.putRule({ Name: name, EventBusName: bus, EventPattern });
  await bridge.putTargets({ Rule: name, EventBusName: bus, Targets: [{ Id: 'queue', Arn: arn }] });
  const events: StateEvent[] = [];
  const abort = new AbortController();
  const ended = collect(abort.signal);
  return {
    events,
    tellSecretChanged: async (name) => {
      const Detail = JSON.stringify({ name });
      const event = { Source: 'aws.secretsmanager', DetailType: 'Secret Label Updated', Detail };
      await bridge.putEvents({ Entries: [event] });
    },
    close: async () => {
      abort.abort();
      await ended;
      sqs.destroy();
      bridge.destroy();
    },
  };

  async function collect(abortSignal: AbortSignal): Promise<void> {
    while (!abortSignal.aborted) {
      try {
        const asked = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 };
        const { Messages = [] } = await sqs.receiveMessage(asked, { abortSignal });
        for (const { Body = '', ReceiptHandle } of Messages) {
          events.push((JSON.parse(Body) as { readonly detail: StateEvent }).detail);
          await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
        }
      } catch (error) {
        if (!abortSignal.aborted) throw error;
      }
    }
  }
}

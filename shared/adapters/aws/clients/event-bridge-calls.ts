import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandInput,
  type PutEventsCommandOutput,
} from '@aws-sdk/client-eventbridge';
import type { CallConfig } from '../call-options.ts';

/** The calls of EventBridge that are made, and no more of its client: that is what a function has to load. */
export class EventBridgeCalls {
  readonly #client: EventBridgeClient;

  constructor(config: CallConfig) {
    this.#client = new EventBridgeClient(config);
  }

  putEvents(input: PutEventsCommandInput): Promise<PutEventsCommandOutput> {
    return this.#client.send(new PutEventsCommand(input));
  }
}

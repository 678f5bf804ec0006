import { DecryptCommand, type DecryptCommandInput, type DecryptCommandOutput, KMSClient } from '@aws-sdk/client-kms';
import type { CallConfig } from '../call-options.ts';

/** The calls of KMS that are made, and no more of its client: that is what a function has to load. */
export class KmsCalls {
  readonly #client: KMSClient;

  constructor(config: CallConfig) {
    this.#client = new KMSClient(config);
  }

  decrypt(input: DecryptCommandInput): Promise<DecryptCommandOutput> {
    return this.#client.send(new DecryptCommand(input));
  }
}

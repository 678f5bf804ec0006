import { ECRClient, GetAuthorizationTokenCommand, type GetAuthorizationTokenCommandOutput } from '@aws-sdk/client-ecr';
import type { CallConfig } from '../call-options.ts';

/** The calls of ECR that are made, and no more of its client: that is what a function has to load. */
export class EcrCalls {
  readonly #client: ECRClient;

  constructor(config: CallConfig) {
    this.#client = new ECRClient(config);
  }

  getAuthorizationToken(): Promise<GetAuthorizationTokenCommandOutput> {
    return this.#client.send(new GetAuthorizationTokenCommand({}));
  }
}

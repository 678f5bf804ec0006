import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  type AssumeRoleCommandOutput,
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  type AssumeRoleWithWebIdentityCommandOutput,
  STSClient,
} from '@aws-sdk/client-sts';
import type { CallConfig } from '../call-options.ts';

/** The calls of STS that are made, and no more of its client: that is what a function has to load. */
export class StsCalls {
  readonly #client: STSClient;

  constructor(config: CallConfig) {
    this.#client = new STSClient(config);
  }

  assumeRole(input: AssumeRoleCommandInput): Promise<AssumeRoleCommandOutput> {
    return this.#client.send(new AssumeRoleCommand(input));
  }

  assumeRoleWithWebIdentity(
    input: AssumeRoleWithWebIdentityCommandInput,
  ): Promise<AssumeRoleWithWebIdentityCommandOutput> {
    return this.#client.send(new AssumeRoleWithWebIdentityCommand(input));
  }

  destroy(): void {
    this.#client.destroy();
  }
}

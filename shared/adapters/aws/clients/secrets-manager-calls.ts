import {
  BatchGetSecretValueCommand,
  type BatchGetSecretValueCommandInput,
  type BatchGetSecretValueCommandOutput,
  CreateSecretCommand,
  type CreateSecretCommandInput,
  DescribeSecretCommand,
  type DescribeSecretCommandInput,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  type GetSecretValueCommandOutput,
  ListSecretsCommand,
  type ListSecretsCommandInput,
  type ListSecretsCommandOutput,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { CallConfig } from '../call-options.ts';

/** The calls of Secrets Manager that are made, and no more of its client: that is what a function has to load. */
export class SecretsManagerCalls {
  readonly #client: SecretsManagerClient;

  constructor(config: CallConfig) {
    this.#client = new SecretsManagerClient(config);
  }

  getSecretValue(input: GetSecretValueCommandInput): Promise<GetSecretValueCommandOutput> {
    return this.#client.send(new GetSecretValueCommand(input));
  }

  batchGetSecretValue(input: BatchGetSecretValueCommandInput): Promise<BatchGetSecretValueCommandOutput> {
    return this.#client.send(new BatchGetSecretValueCommand(input));
  }

  describeSecret(input: DescribeSecretCommandInput): Promise<DescribeSecretCommandOutput> {
    return this.#client.send(new DescribeSecretCommand(input));
  }

  listSecrets(input: ListSecretsCommandInput): Promise<ListSecretsCommandOutput> {
    return this.#client.send(new ListSecretsCommand(input));
  }

  async createSecret(input: CreateSecretCommandInput): Promise<void> {
    await this.#client.send(new CreateSecretCommand(input));
  }
}

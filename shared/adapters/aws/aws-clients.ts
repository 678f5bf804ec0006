import type { ECR } from '@aws-sdk/client-ecr';
import type { KMS } from '@aws-sdk/client-kms';
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { SSM } from '@aws-sdk/client-ssm';
import type { STS } from '@aws-sdk/client-sts';

export type AwsCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
};

/** Gives credentials; the SDK asks again when they have expired. */
export type CredentialSource = () => Promise<AwsCredentials>;

/** Where a client calls, and as whom. */
export type ClientPlace = { readonly region: string; readonly credentials: CredentialSource };

/** Makes clients. Each SDK is loaded when it is first needed, so that a start without AWS costs nothing. */
export type AwsClients = {
  secretsManager(place: ClientPlace): Promise<SecretsManager>;
  parameterStore(place: ClientPlace): Promise<SSM>;
  sts(place: ClientPlace): Promise<STS>;
  ecr(place: ClientPlace): Promise<ECR>;
  kms(place: ClientPlace): Promise<KMS>;
};

/** Clients that try once, do not log, and give up after `timeoutMs`. */
export function createAwsClients(timeoutMs: number): AwsClients {
  const config = (place: ClientPlace): ClientConfig => ({
    region: place.region,
    credentials: place.credentials,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: Math.min(timeoutMs, 3_000),
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      logger: silent,
    },
    logger: silent,
  });
  return {
    secretsManager: async (place) =>
      new (await import('@aws-sdk/client-secrets-manager')).SecretsManager(config(place)),
    parameterStore: async (place) => new (await import('@aws-sdk/client-ssm')).SSM(config(place)),
    sts: async (place) => new (await import('@aws-sdk/client-sts')).STS(config(place)),
    ecr: async (place) => new (await import('@aws-sdk/client-ecr')).ECR(config(place)),
    kms: async (place) => new (await import('@aws-sdk/client-kms')).KMS(config(place)),
  };
}

type ClientConfig = ClientPlace & {
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
    readonly logger: typeof silent;
  };
  readonly logger: typeof silent;
};

/** The SDK's log shows requests and answers. */
const silent = { trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

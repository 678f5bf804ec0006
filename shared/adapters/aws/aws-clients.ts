import type { ECR } from '@aws-sdk/client-ecr';
import type { EKS } from '@aws-sdk/client-eks';
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
  eks(place: ClientPlace): Promise<EKS>;
};

/** Clients that try once, do not log, and give up after `timeoutMs`. */
export function createAwsClients(timeoutMs: number): AwsClients {
  const config = ({ region, credentials }: ClientPlace): ClientConfig & ClientPlace => ({
    region,
    credentials,
    ...clientConfig(timeoutMs),
  });
  return {
    secretsManager: async (place) =>
      new (await import('@aws-sdk/client-secrets-manager')).SecretsManager(config(place)),
    parameterStore: async (place) => new (await import('@aws-sdk/client-ssm')).SSM(config(place)),
    sts: async (place) => new (await import('@aws-sdk/client-sts')).STS(config(place)),
    ecr: async (place) => new (await import('@aws-sdk/client-ecr')).ECR(config(place)),
    kms: async (place) => new (await import('@aws-sdk/client-kms')).KMS(config(place)),
    eks: async (place) => new (await import('@aws-sdk/client-eks')).EKS(config(place)),
  };
}

/** What every client is made with: it tries once, does not log, and gives up after `timeoutMs`. */
export function clientConfig(timeoutMs: number): ClientConfig {
  return {
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: Math.min(timeoutMs, 3_000),
      requestTimeout: timeoutMs,
      // An answer may also stop in its middle.
      socketTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      logger: silent,
    },
    logger: silent,
  };
}

type ClientConfig = {
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly socketTimeout: number;
    readonly throwOnRequestTimeout: boolean;
    readonly logger: Silent;
  };
  readonly logger: Silent;
};

type Silent = { readonly [level in 'trace' | 'debug' | 'info' | 'warn' | 'error']: () => void };

/** The SDK's log shows requests and answers. */
const silent: Silent = { trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

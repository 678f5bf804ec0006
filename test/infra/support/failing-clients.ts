import process from 'node:process';
import { caughtFailure } from '../../../shared/adapters/aws/aws-failure.ts';
import { callConfig } from '../../../shared/adapters/aws/call-options.ts';
import { s3FailureOf } from '../../../shared/adapters/aws/s3-failure.ts';

const config = callConfig({
  region: 'eu-west-1',
  credentials: async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret' }),
});

export type Service = 's3' | 'sqs' | 'sts' | 'ssm' | 'secrets' | 'kms' | 'eks' | 'ecr' | 'events';

const calls: { readonly [service in Service]: () => Promise<unknown> } = {
  s3: async () => {
    const { S3Calls } = await import('../../../shared/adapters/aws/clients/s3-calls.ts');
    return new S3Calls(config).getObject({ Bucket: 'bucket', Key: 'key' });
  },
  sqs: async () => {
    const { SqsCalls } = await import('../../../shared/adapters/aws/clients/sqs-calls.ts');
    return new SqsCalls(config).sendMessage({
      QueueUrl: `${process.env['AWS_ENDPOINT_URL']}/111122223333/queue`,
      MessageBody: 'body',
    });
  },
  sts: async () => {
    const { StsCalls } = await import('../../../shared/adapters/aws/clients/sts-calls.ts');
    return new StsCalls(config).assumeRole({ RoleArn: 'arn:aws:iam::111122223333:role/a', RoleSessionName: 'b' });
  },
  ssm: async () => {
    const { ParameterStoreCalls } = await import('../../../shared/adapters/aws/clients/parameter-store-calls.ts');
    return new ParameterStoreCalls(config).getParameter({ Name: 'name' });
  },
  secrets: async () => {
    const { SecretsManagerCalls } = await import('../../../shared/adapters/aws/clients/secrets-manager-calls.ts');
    return new SecretsManagerCalls(config).getSecretValue({ SecretId: 'id' });
  },
  kms: async () => {
    const { KmsCalls } = await import('../../../shared/adapters/aws/clients/kms-calls.ts');
    return new KmsCalls(config).decrypt({ CiphertextBlob: Buffer.from('text') });
  },
  eks: async () => {
    const { EksCalls } = await import('../../../shared/adapters/aws/clients/eks-calls.ts');
    return new EksCalls(config).describeCluster({ name: 'name' });
  },
  ecr: async () => {
    const { EcrCalls } = await import('../../../shared/adapters/aws/clients/ecr-calls.ts');
    return new EcrCalls(config).getAuthorizationToken();
  },
  events: async () => {
    const { EventBridgeCalls } = await import('../../../shared/adapters/aws/clients/event-bridge-calls.ts');
    return new EventBridgeCalls(config).putEvents({ Entries: [] });
  },
};

/** What the failure of a call to a service is taken for. */
export async function failureOfCall(service: Service): Promise<unknown> {
  try {
    return await calls[service]();
  } catch (error) {
    return service === 's3' ? s3FailureOf(error, 'called') : caughtFailure(error, 'called');
  }
}

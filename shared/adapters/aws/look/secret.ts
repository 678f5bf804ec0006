import { attempt, type Outcome, usualAttempts } from '../attempt.ts';
import { type CallOptions, callConfig } from '../call-options.ts';
import { regionOf } from './region-of.ts';

/** What there is to say of a secret without its value. Times are ISO 8601. */
export type SecretLook = {
  readonly changedAt?: string;
  /** Present while it is on its way to deletion. */
  readonly deletedAt?: string;
  /** False: nothing was ever written into it. */
  readonly hasValue: boolean;
};

/** Looks at a secret by its ARN. Its value is not asked for. */
export async function lookAtSecret(arn: string, options: CallOptions = {}): Promise<Outcome<SecretLook>> {
  const { SecretsManagerClient, DescribeSecretCommand } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient(callConfig({ ...options, ...regionOf(arn) }));
  try {
    return await attempt(
      'secretsmanager:DescribeSecret',
      async () => {
        const described = await client.send(new DescribeSecretCommand({ SecretId: arn }));
        const { LastChangedDate: changed, DeletedDate: deleted, VersionIdsToStages: versions = {} } = described;
        return {
          hasValue: Object.values(versions).some((stages) => stages.includes('AWSCURRENT')),
          ...(changed === undefined ? {} : { changedAt: changed.toISOString() }),
          ...(deleted === undefined ? {} : { deletedAt: deleted.toISOString() }),
        };
      },
      options.attempts ?? usualAttempts,
    );
  } finally {
    client.destroy();
  }
}

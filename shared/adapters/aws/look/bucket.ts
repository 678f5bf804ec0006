import type { S3Client } from '@aws-sdk/client-s3';
import { attempt, type Outcome, usualAttempts } from '../attempt.ts';
import { AwsFailureError } from '../aws-failure.ts';
import { type CallOptions, callConfig } from '../call-options.ts';

/** What a bucket is set to; each may be hidden from the caller by itself. */
export type BucketLook = {
  /** True: versions are kept. */
  readonly versioned: Outcome<boolean>;
  /** `aws:kms` or `AES256`, and which key. */
  readonly encryption: Outcome<{ readonly algorithm: string; readonly key?: string }>;
  /** True: nothing in it can be made public. */
  readonly isPrivate: Outcome<boolean>;
};

/** Looks at the settings of a bucket. Nothing in it is read. */
export async function lookAtBucket(bucket: string, options: CallOptions = {}): Promise<BucketLook> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client(callConfig(options));
  const attempts = options.attempts ?? usualAttempts;
  try {
    const [versioned, encryption, isPrivate] = await Promise.all([
      attempt('s3:GetBucketVersioning', () => isVersioned(client, bucket), attempts),
      attempt('s3:GetEncryptionConfiguration', () => encryptionOf(client, bucket), attempts),
      attempt('s3:GetBucketPublicAccessBlock', () => isBlocked(client, bucket), attempts),
    ]);
    return { versioned, encryption, isPrivate };
  } finally {
    client.destroy();
  }
}

async function isVersioned(client: S3Client, Bucket: string): Promise<boolean> {
  const { GetBucketVersioningCommand } = await import('@aws-sdk/client-s3');
  return (await client.send(new GetBucketVersioningCommand({ Bucket }))).Status === 'Enabled';
}

async function encryptionOf(
  client: S3Client,
  Bucket: string,
): Promise<{ readonly algorithm: string; readonly key?: string }> {
  const { GetBucketEncryptionCommand } = await import('@aws-sdk/client-s3');
  const { ServerSideEncryptionConfiguration } = await client.send(new GetBucketEncryptionCommand({ Bucket }));
  const rule = ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
  if (rule?.SSEAlgorithm === undefined)
    throw new AwsFailureError({ kind: 'empty', action: 's3:GetEncryptionConfiguration' });
  const { SSEAlgorithm: algorithm, KMSMasterKeyID: key } = rule;
  return { algorithm, ...(key === undefined ? {} : { key }) };
}

/** S3 answers with an error where nothing was ever set. */
async function isBlocked(client: S3Client, Bucket: string): Promise<boolean> {
  const { GetPublicAccessBlockCommand } = await import('@aws-sdk/client-s3');
  try {
    const { PublicAccessBlockConfiguration: set } = await client.send(new GetPublicAccessBlockCommand({ Bucket }));
    return set !== undefined && Object.values(set).filter((each) => each === true).length === 4;
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchPublicAccessBlockConfiguration') return false;
    throw error;
  }
}

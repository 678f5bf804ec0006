import { StoreError } from '../../errors.ts';
import { mayPassOnS3, type S3Failure, type S3FailureKind } from './s3-failure.ts';

/** What an error is to speak of. */
type S3Subject = {
  /** Such as `read heads/shop.json`, after "Cannot". */
  readonly tried: string;
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
};

type Words = { readonly why: string; readonly hint: string };

/** The error that a person reads: of names and actions alone. */
export function s3ErrorOf(failure: S3Failure, subject: S3Subject): StoreError {
  const { tried, bucket, prefix } = subject;
  const place = nameS3Place(bucket, prefix);
  const { why, hint } = words[failure.kind](failure, subject);
  // What was damaged on the way there is not in the store; what still is so after all attempts to read it is.
  const code = failure.kind === 'damaged' && tried.startsWith('read') ? 'store-corrupt' : 'store-unusable';
  const retryable = code === 'store-unusable' && mayPassOnS3(failure);
  return new StoreError(code, `Cannot ${tried} in ${place}: ${why}`, { object: place, hint, retryable });
}

/** A bucket, or a prefix in it, as people write it. */
function nameS3Place(bucket: string, prefix: string): string {
  return `s3://${bucket}${prefix === '' ? '' : `/${prefix.replace(/\/$/, '')}`}`;
}

const words: { readonly [kind in S3FailureKind]: (failure: S3Failure, subject: S3Subject) => Words } = {
  absent: () => ({ why: 'it is not there', hint: 'Check the name of the bucket and the prefix.' }),
  lost: () => ({ why: 'somebody else has changed it', hint: 'Run it again.' }),
  conflict: () => ({ why: 'others keep writing it at the same time', hint: 'Run it again.' }),
  'no-bucket': (_, { bucket }) => ({
    why: 'there is no such bucket',
    hint: `Check the name and the account, or make the bucket: aws s3 mb s3://${bucket}.`,
  }),
  elsewhere: ({ region }, { bucket }) => ({
    why: `the bucket is in ${region === undefined ? 'another region' : `the region ${region}`}`,
    hint: `Name its region: --store 's3://${bucket}?region=${region ?? '<region>'}', or AWS_REGION.`,
  }),
  denied: ({ action }, subject) => ({ why: `AWS denies ${action}`, hint: denialHint(action, subject) }),
  credentials: ({ action }) => ({
    why: `AWS does not accept the credentials (${action})`,
    hint: 'Renew them (such as by aws sso login), and check that AWS_PROFILE and AWS_ACCESS_KEY_ID name those you mean.',
  }),
  'unknown-self': ({ action }) => ({
    why: `there are no AWS credentials to call ${action} with`,
    hint: 'Give them as to every AWS program: AWS_PROFILE, AWS_ACCESS_KEY_ID, aws sso login, or the role of the machine.',
  }),
  'unknown-region': (_, { bucket }) => ({
    why: 'the region is not known',
    hint: `Name it: --store 's3://${bucket}?region=<region>', AWS_REGION, or region in the AWS profile.`,
  }),
  clock: () => ({
    why: 'the clock of this machine differs too much from that of AWS',
    hint: 'Set the clock (NTP) and run it again.',
  }),
  key: ({ action }) => ({
    why: `the KMS key of the bucket cannot be used (${action})`,
    hint: 'Enable that key, cancel its deletion, or encrypt the bucket with another one.',
  }),
  archived: () => ({
    why: 'the object was moved to an archive',
    hint: 'Restore it (aws s3api restore-object), and exclude the store from rules that archive.',
  }),
  damaged: () => ({
    why: 'its bytes do not have the checksum that they were written with',
    hint: 'Run it again; if it stays so, bring back an earlier version of the object (aws s3api list-object-versions).',
  }),
  throttled: ({ action }) => ({
    why: `AWS asks to call ${action} less often`,
    hint: 'Run it again later; if it stays so, look for what else uses the bucket or its KMS key.',
  }),
  unreachable: ({ action, name }) => ({
    why: `AWS does not answer ${action}${name === undefined ? '' : ` (${name})`}`,
    hint: unreachableHint(name),
  }),
  refused: ({ action, name }) => ({
    why: `AWS does not take ${action} as it is asked${name === undefined ? '' : ` (${name})`}`,
    hint: 'Check the name of the bucket and the prefix, and the policy of the bucket.',
  }),
};

function unreachableHint(name = ''): string {
  return /CERT|SELF_SIGNED|VERIFY/.test(name)
    ? 'If a proxy opens TLS, name its certificate in NODE_EXTRA_CA_CERTS.'
    : 'Check the network, the region and AWS_ENDPOINT_URL_S3, and run it again.';
}

/** Where s3:ListBucket is missing AWS denies the reading of what is not there. */
function denialHint(action: string, { bucket, prefix }: S3Subject): string {
  if (action.startsWith('kms:'))
    return 'Allow kms:GenerateDataKey and kms:Decrypt with the KMS key of the bucket, and name the caller in the policy of the key.';
  if (action.startsWith('sts:')) return `Allow ${action}, and name the caller in the trust policy of that role.`;
  const objects = `s3:GetObject, s3:PutObject and s3:DeleteObject on arn:aws:s3:::${bucket}/${prefix}*`;
  return `Allow ${objects}, and s3:ListBucket on arn:aws:s3:::${bucket}; check the policy of the bucket too.`;
}

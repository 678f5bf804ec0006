import { inspect } from 'node:util';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { S3Store } from '../../../../shared/adapters/aws/s3-store.ts';
import { failureOf } from '../../../support/failure-of.ts';

const mock = mockClient(S3Client);
beforeEach(() => void mock.reset());

const store = new S3Store({ bucket: 'state', region: 'us-east-1', attempts: { retries: 1, intervalMs: 1 } });
const put = (): Promise<unknown> => store.put('heads/a.json', Buffer.from('1'), 'absent');

type Answer = {
  readonly name: string;
  readonly status?: number;
  readonly message?: string;
  readonly headers?: object;
  readonly code?: string;
};

function failure({ name, status, message = 'c4n4ry', headers, code }: Answer): Error {
  return Object.assign(new Error(message), {
    name,
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { $metadata: { httpStatusCode: status } }),
    ...(headers === undefined ? {} : { $response: { headers } }),
  });
}

const user = 'User: arn:aws:sts::1:assumed-role/c4n4ry/x is not authorized to perform:';

/** What S3 answers, what is said of it, and what is advised. */
const cases: readonly (readonly [Answer, string, string])[] = [
  [{ name: 'NoSuchBucket', status: 404 }, 'there is no such bucket', 'aws s3 mb s3://state'],
  [{ name: 'AccessDenied', status: 403 }, 'AWS denies s3:PutObject', 'arn:aws:s3:::state/*'],
  [
    { name: 'AccessDenied', status: 403, message: `${user} s3:ListBucket on resource: x` },
    'AWS denies s3:ListBucket',
    's3:ListBucket on arn:aws:s3:::state',
  ],
  [
    { name: 'AccessDenied', status: 403, message: `${user} kms:GenerateDataKey on resource: x` },
    'AWS denies kms:GenerateDataKey',
    'the KMS key of the bucket',
  ],
  [
    { name: 'AccessDenied', status: 403, message: `${user} sts:AssumeRole on resource: x` },
    'AWS denies sts:AssumeRole',
    'trust policy',
  ],
  [{ name: 'Forbidden', status: 403 }, 'AWS denies s3:PutObject', 's3:PutObject'],
  [
    { name: 'PermanentRedirect', status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1' } },
    'the bucket is in the region eu-west-1',
    "--store 's3://state?region=eu-west-1'",
  ],
  [
    { name: 'AuthorizationHeaderMalformed', status: 400, headers: { 'x-amz-bucket-region': 'c4n4ry!' } },
    'the bucket is in another region',
    '<region>',
  ],
  [{ name: '301', status: 301 }, 'the bucket is in another region', '<region>'],
  [
    { name: 'RequestTimeTooSkewed', status: 403 },
    'the clock of this machine differs too much from that of AWS',
    'Set the clock',
  ],
  [{ name: 'ExpiredToken', status: 400 }, 'AWS does not accept the credentials (s3:PutObject)', 'aws sso login'],
  [{ name: 'InvalidAccessKeyId', status: 403 }, 'AWS does not accept the credentials (s3:PutObject)', 'AWS_PROFILE'],
  [{ name: 'SignatureDoesNotMatch', status: 403 }, 'AWS does not accept the credentials (s3:PutObject)', 'Renew'],
  [
    { name: 'CredentialsProviderError' },
    'there are no AWS credentials to call s3:PutObject with',
    'the role of the machine',
  ],
  [{ name: 'Error', message: 'Region is missing' }, 'the region is not known', '?region=<region>'],
  [
    { name: 'KMS.DisabledException', status: 400 },
    'the KMS key of the bucket cannot be used (s3:PutObject)',
    'Enable that key',
  ],
  [{ name: 'InvalidObjectState', status: 403 }, 'the object was moved to an archive', 'restore-object'],
  [{ name: 'Error', code: 'ENOTFOUND' }, 'AWS does not answer s3:PutObject (ENOTFOUND)', 'AWS_ENDPOINT_URL_S3'],
  [
    { name: 'Error', code: 'SELF_SIGNED_CERT_IN_CHAIN' },
    'AWS does not answer s3:PutObject (SELF_SIGNED_CERT_IN_CHAIN)',
    'NODE_EXTRA_CA_CERTS',
  ],
  [{ name: 'Error' }, 'AWS does not answer s3:PutObject', 'Check the network'],
  [{ name: 'EntityTooLarge', status: 400 }, 'AWS does not take s3:PutObject as it is asked (EntityTooLarge)', 'policy'],
  [{ name: 'c4n4ry, with words', status: 400 }, 'AWS does not take s3:PutObject as it is asked', 'policy'],
];

describe('a failure of S3', () => {
  it.each(cases)('%j is told as: %s', async (answer, why, hint) => {
    mock.on(PutObjectCommand).rejects(failure(answer));
    const error = await failureOf(put());
    expect(error).toMatchObject({
      code: 'store-unusable',
      object: 's3://state',
      message: `Cannot write heads/a.json in s3://state: ${why}`,
      hint: expect.stringContaining(hint),
    });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('c4n4ry');
  });

  it('that is not even an error is told too', async () => {
    mock.on(GetObjectCommand).callsFake(() => Promise.reject('c4n4ry'));
    expect(await failureOf(store.get('a'))).toMatchObject({
      message: 'Cannot read a in s3://state: AWS does not answer s3:GetObject',
    });
  });

  it('is tried again only where that may help', async () => {
    for (const [answer, times] of [
      [{ name: 'AccessDenied', status: 403 }, 1],
      [{ name: 'NoSuchBucket', status: 404 }, 1],
      [{ name: 'SlowDown', status: 503 }, 2],
      [{ name: 'RequestTimeTooSkewed', status: 403 }, 2],
    ] as const) {
      mock.reset();
      mock.on(GetObjectCommand).rejects(failure(answer));
      await failureOf(store.get('a'));
      expect(mock.commandCalls(GetObjectCommand)).toHaveLength(times);
    }
  });
});

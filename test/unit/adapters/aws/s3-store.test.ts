import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { S3Store } from '../../../../shared/adapters/aws/s3-store.ts';
import { failureOf } from '../../../support/failure-of.ts';

const mock = mockClient(S3Client);
beforeEach(() => void mock.reset());

const store = new S3Store({
  bucket: 'state',
  prefix: 'prod',
  region: 'eu-west-1',
  credentials: async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret' }),
  attempts: { retries: 4, intervalMs: 1 },
});

const etag = '"e1"';
const one = Buffer.from('1');
const sha256OfOne = 'a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=';

function failure(name: string, status?: number, more: object = {}): Error {
  const metadata = status === undefined ? {} : { $metadata: { httpStatusCode: status } };
  return Object.assign(new Error('c4n4ry'), { name, ...metadata, ...more });
}

const slowDown = failure('SlowDown', 503);
const noAnswer = failure('TimeoutError');
const lost = failure('PreconditionFailed', 412);
const conflict = failure('ConditionalRequestConflict', 409);

/** What S3 gives for an object; `as` is told in place of its checksum. */
function stored(text: string, more: object = {}): object {
  const Body = Object.assign(Readable.from([]), { transformToByteArray: async () => Buffer.from(text) });
  return { Body, ETag: etag, ContentLength: text.length, ...more };
}

const lastPut = (): PutObjectCommandInput | undefined => mock.commandCalls(PutObjectCommand).at(-1)?.args[0].input;
const calls = (command: Parameters<typeof mock.commandCalls>[0]): number => mock.commandCalls(command).length;

describe('what is asked of S3', () => {
  it.each([
    ['without a condition', undefined, {}],
    ['only if absent', 'absent', { IfNoneMatch: '*' }],
    ['only over an etag', { etag }, { IfMatch: etag }],
  ] as const)('to write %s names the condition and the checksum', async (_, condition, wanted) => {
    mock.on(PutObjectCommand).resolves({ ETag: '"e2"' });
    expect(await store.put('heads/a.json', one, condition)).toEqual({ won: true, etag: '"e2"' });
    const { IfNoneMatch, IfMatch, Metadata, ...rest } = lastPut() ?? {};
    expect({ IfNoneMatch, IfMatch }).toEqual({ IfNoneMatch: undefined, IfMatch: undefined, ...wanted });
    expect(rest).toMatchObject({ Bucket: 'state', Key: 'prod/heads/a.json', ChecksumSHA256: sha256OfOne });
    expect(rest).not.toHaveProperty('ServerSideEncryption');
  });

  it('to write with a KMS key saves calls to KMS by a bucket key', async () => {
    mock.on(PutObjectCommand).resolves({ ETag: etag });
    await new S3Store({ bucket: 'state', region: 'eu-west-1', kmsKeyId: 'alias/state' }).put('a', one);
    expect(lastPut()).toMatchObject({
      Key: 'a',
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'alias/state',
      BucketKeyEnabled: true,
    });
  });

  it('to list follows each page to the next, below the prefix', async () => {
    mock
      .on(ListObjectsV2Command)
      .resolvesOnce({
        Contents: [{ Key: 'prod/heads/b', ETag: '"b1"' }],
        IsTruncated: true,
        NextContinuationToken: 'x',
      })
      .rejectsOnce(slowDown)
      .resolvesOnce({ IsTruncated: true, NextContinuationToken: 'y' })
      .resolvesOnce({ Contents: ['prod/heads/a', 'prod/heads/'].map((Key) => ({ Key, ETag: etag })) });
    expect(await store.entries('heads/')).toEqual([
      { key: 'heads/a', etag },
      { key: 'heads/b', etag: '"b1"' },
    ]);
    const asked = mock.commandCalls(ListObjectsV2Command).map(({ args }) => args[0].input);
    expect(asked.map(({ ContinuationToken }) => ContinuationToken)).toEqual([undefined, 'x', 'x', 'y']);
    expect(new Set(asked.map(({ Prefix }) => Prefix))).toEqual(new Set(['prod/heads/']));
  });

  it('to list is an error, and no shorter list, when a page does not say where the next one is', async () => {
    mock.on(ListObjectsV2Command).resolves({ Contents: [{ Key: 'prod/a', ETag: etag }], IsTruncated: true });
    expect(await failureOf(store.list(''))).toMatchObject({ code: 'store-unusable' });
  });
});

describe('a lost race', () => {
  it.each([
    ['by If-None-Match', 'absent', lost],
    ['by If-Match', { etag }, lost],
    ['by If-Match, to who deleted the object', { etag }, failure('NoSuchKey', 404)],
  ] as const)('%s is a value, after one call', async (_, condition, error) => {
    mock.on(PutObjectCommand).rejects(error);
    expect(await store.put('a', one, condition)).toEqual({ won: false });
    expect([calls(PutObjectCommand), calls(HeadObjectCommand)]).toEqual([1, 0]);
  });

  it('to a write at the same time is run again, and is a value when it goes on', async () => {
    mock.on(PutObjectCommand).rejectsOnce(conflict).resolves({ ETag: etag });
    expect(await store.put('a', one, 'absent')).toEqual({ won: true, etag });
    mock.on(PutObjectCommand).rejects(conflict);
    expect(await store.put('a', one, { etag })).toEqual({ won: false });
    expect(calls(HeadObjectCommand)).toBe(0);
  });

  it.each([noAnswer, failure('InternalError', 500), failure('Error', undefined, { code: 'ECONNRESET' })])(
    'to an own attempt that got no answer (%s) is a win',
    async (error) => {
      mock.on(PutObjectCommand).rejectsOnce(error).rejects(lost);
      mock.on(HeadObjectCommand).callsFake(() => ({ ETag: '"mine"', Metadata: lastPut()?.Metadata }));
      expect(await store.put('a', one, 'absent')).toEqual({ won: true, etag: '"mine"' });
    },
  );

  it.each([
    ['is of somebody else', { ETag: '"theirs"', Metadata: { 'plumbline-write': 'theirs' } }],
    ['was made by something else', { ETag: '"theirs"' }],
    ['is gone again', failure('NotFound', 404)],
  ])('after an attempt without an answer is one when the object %s', async (_, found) => {
    mock.on(PutObjectCommand).rejectsOnce(noAnswer).rejects(lost);
    if (found instanceof Error) mock.on(HeadObjectCommand).rejects(found);
    else mock.on(HeadObjectCommand).resolves(found);
    expect(await store.put('a', one, { etag })).toEqual({ won: false });
  });

  it('is an error when it cannot be known whose object it is', async () => {
    mock.on(PutObjectCommand).rejectsOnce(noAnswer).rejects(lost);
    mock.on(HeadObjectCommand).rejects(failure('Forbidden', 403));
    expect(await failureOf(store.put('a', one, 'absent'))).toMatchObject({ code: 'store-unusable' });
  });
});

describe('a call that may pass', () => {
  it.each([
    ['throttled', slowDown],
    ['throttled by KMS', failure('KMS.ThrottlingException', 400)],
    ['answered with an error of the server', failure('InternalError', 500)],
    ['answered by a gateway', failure('SyntaxError', 502)],
    ['cut off', noAnswer],
    ['not connected', failure('Error', undefined, { code: 'ECONNREFUSED' })],
    ['taken for late, as the clock is wrong', failure('RequestTimeTooSkewed', 403)],
    ['damaged on its way', failure('BadDigest', 400)],
  ])('is made again when it was %s', async (_, error) => {
    mock.on(GetObjectCommand).rejectsOnce(error).resolvesOnce(stored('1'));
    mock.on(PutObjectCommand).rejectsOnce(error).resolves({ ETag: etag });
    mock.on(DeleteObjectCommand).rejectsOnce(error).resolves({});
    expect(await store.get('a')).toEqual({ body: one, etag });
    expect(await store.put('a', one)).toEqual({ won: true, etag });
    await store.delete('a');
    expect([calls(GetObjectCommand), calls(PutObjectCommand), calls(DeleteObjectCommand)]).toEqual([2, 2, 2]);
  });

  it('is made again when the answer breaks off in the middle', async () => {
    const broken = stored('1', { Body: { transformToByteArray: () => Promise.reject(noAnswer) } });
    mock
      .on(GetObjectCommand)
      .resolvesOnce(broken)
      .resolvesOnce(stored('12', { ContentLength: 3 }));
    mock.on(GetObjectCommand).resolves(stored('1'));
    expect(await store.get('a')).toEqual({ body: one, etag });
  });

  it('is made five times, and then is an error that may pass', async () => {
    mock.on(GetObjectCommand).rejects(slowDown);
    expect(await failureOf(store.get('a'))).toMatchObject({
      code: 'store-unusable',
      retryable: true,
      message: 'Cannot read a in s3://state/prod: AWS asks to call s3:GetObject less often',
    });
    expect(calls(GetObjectCommand)).toBe(5);
  });
});

describe('the checksum of an object', () => {
  it.each([
    ['its own', sha256OfOne],
    ['of its parts, as it was written in parts', 'x/80=-2'],
    ['another one, or none, as something else wrote it', undefined],
  ])('may be %s', async (_, ChecksumSHA256) => {
    mock.on(GetObjectCommand).resolves(stored('1', { ChecksumSHA256 }));
    expect(await store.get('a')).toEqual({ body: one, etag });
  });

  it.each([
    ['the store', () => mock.on(GetObjectCommand).resolves(stored('2', { ChecksumSHA256: sha256OfOne }))],
    ['the SDK', () => mock.on(GetObjectCommand).rejects(new Error('Checksum mismatch: expected "x"'))],
  ])('is looked at by %s, and one that stays wrong is an error', async (_, serve) => {
    serve();
    expect(await failureOf(store.get('a'))).toMatchObject({
      code: 'store-corrupt',
      retryable: false,
      message: 'Cannot read a in s3://state/prod: its bytes do not have the checksum that they were written with',
    });
    expect(calls(GetObjectCommand)).toBe(5);
  });
});

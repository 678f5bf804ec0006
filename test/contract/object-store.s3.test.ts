import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { S3Store, type S3StoreOptions } from '../../shared/adapters/aws/s3-store.ts';
import { allowUser, createUser, type Statement, type UserKeys } from '../support/aws/iam.ts';
import { startLossyWay } from '../support/aws/lossy-way.ts';
import { connectS3, makeBucket } from '../support/aws/make-bucket.ts';
import { type Emulator, startEmulator } from '../support/aws/start-emulator.ts';
import { failureOf } from '../support/failure-of.ts';
import { describeObjectStore } from './object-store.ts';
import { incrementTimes } from './object-store-increment.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ iam: true });
  process.env['AWS_ENDPOINT_URL'] = emulator.endpoint;
});
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  await emulator.stop();
});

function open(options: Partial<S3StoreOptions> & { readonly bucket: string }): S3Store {
  const { region, credentials } = emulator;
  return new S3Store({ region, credentials: async () => credentials, ...options });
}

describeObjectStore('a bucket', async () => {
  const bucket = await makeBucket(emulator);
  return { connect: () => open({ bucket }), remove: async () => {} };
});

describeObjectStore('a prefix of a bucket that others use too', async () => {
  const bucket = await makeBucket(emulator);
  const s3 = connectS3(emulator);
  for (const Key of ['heads/shop.json', 'team/', 'team/prod2/heads/a.json', 'team/prod/'])
    await s3.putObject({ Bucket: bucket, Key, Body: '', ContentLength: 0 });
  return { connect: () => open({ bucket, prefix: 'team/prod' }), remove: async () => s3.destroy() };
});

describe('a bucket that several processes share', () => {
  let bucket: string;
  beforeEach(async () => {
    bucket = await makeBucket(emulator);
  });

  it('lets exactly one process be the first to write an object', async () => {
    const said = await Promise.all(Array.from({ length: 3 }, () => outputOf(start('claim', bucket))));
    expect(said.sort()).toEqual(['lost', 'lost', 'won']);
  }, 30_000);

  it('never loses an update of one process to another', async () => {
    const store = open({ bucket });
    await store.put('object', Buffer.from('0'));
    await Promise.all(Array.from({ length: 2 }, () => outputOf(start('increment', bucket))));
    expect(Buffer.from((await store.get('object'))?.body ?? []).toString()).toBe('50');
  }, 30_000);
});

describe('a bucket behind a network that loses answers', () => {
  it('neither loses an update nor makes one twice, and tells who won as it is', async () => {
    const bucket = await makeBucket(emulator);
    let puts = 0;
    const way = await startLossyWay(emulator.endpoint, ({ method }) => {
      if (method === 'PUT') puts += 1;
      return method === 'PUT' && puts % 3 === 0;
    });
    process.env['AWS_ENDPOINT_URL'] = way.endpoint;
    const store = open({ bucket, attempts: { retries: 4, intervalMs: 1 } });
    await store.put('count', Buffer.from('0'));
    await incrementTimes(store, 'count', 20);
    expect(Buffer.from((await store.get('count'))?.body ?? []).toString()).toBe('20');
    const claims = [];
    for (let index = 0; index < 9; index += 1)
      claims.push((await store.put(`claims/${index}`, Buffer.from('mine'), 'absent')).won);
    expect(claims).toEqual(claims.map(() => true));
    expect(way.lost()).toBeGreaterThan(5);
    process.env['AWS_ENDPOINT_URL'] = emulator.endpoint;
    way.stop();
  });
});

describe('a bucket of many objects', () => {
  it('is listed to its last page', async () => {
    const bucket = await makeBucket(emulator);
    const store = open({ bucket, prefix: 'all' });
    const keys = Array.from({ length: 1_203 }, (_, index) => `audit/${10_000 + index}.json`);
    await Promise.all(keys.map((key) => store.put(key, Buffer.from('1'))));
    expect(await store.list('audit/')).toEqual(keys);
  }, 30_000);
});

describe('what else is in a bucket', () => {
  it('is encrypted with the key that the store names, and has a checksum', async () => {
    const bucket = await makeBucket(emulator);
    await open({ bucket, kmsKeyId: 'alias/state' }).put('a/b', Buffer.from('1'));
    const s3 = connectS3(emulator);
    const head = await s3.headObject({ Bucket: bucket, Key: 'a/b', ChecksumMode: 'ENABLED' });
    s3.destroy();
    expect(head).toMatchObject({
      ServerSideEncryption: 'aws:kms',
      ChecksumSHA256: 'a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=',
    });
  });

  it('is read when it was copied there by something else', async () => {
    const bucket = await makeBucket(emulator);
    const s3 = connectS3(emulator);
    await s3.putObject({ Bucket: bucket, Key: 'heads/a.json', Body: 'copied' });
    s3.destroy();
    expect(Buffer.from((await open({ bucket }).get('heads/a.json'))?.body ?? []).toString()).toBe('copied');
  });
});

describe('a bucket that cannot be used', () => {
  let keys: UserKeys;
  const credentials = async (): Promise<UserKeys> => keys;
  beforeEach(async () => {
    await emulator.reset();
    keys = await createUser(emulator, 'worker');
  });
  afterEach(() => emulator.reset());

  const allow = (...statements: readonly Statement[]): Promise<void> => allowUser(emulator, 'worker', statements);

  it('is not there', async () => {
    const store = open({ bucket: 'nowhere-at-all', prefix: 'a' });
    const calls = [store.get('x'), store.put('x', Buffer.from('1')), store.list(''), store.delete('x')];
    for (const error of await Promise.all(calls.map(failureOf)))
      expect(error).toMatchObject({
        code: 'store-unusable',
        message: expect.stringMatching(/ in s3:\/\/nowhere-at-all\/a: there is no such bucket$/),
        hint: expect.stringContaining('aws s3 mb s3://nowhere-at-all'),
        retryable: false,
      });
  });

  it.each([
    ['s3:GetObject', (store: S3Store) => store.get('a/b'), 'Cannot read a/b'],
    ['s3:PutObject', (store: S3Store) => store.put('a/b', Buffer.from('2')), 'Cannot write a/b'],
    ['s3:ListBucket', (store: S3Store) => store.list('a/'), 'Cannot list a/'],
    ['s3:DeleteObject', (store: S3Store) => store.delete('a/b'), 'Cannot delete a/b'],
  ])('by who lacks %s, which is named', async (action, call, tried) => {
    const bucket = await makeBucket(emulator);
    await open({ bucket }).put('a/b', Buffer.from('1'));
    await allow({ Effect: 'Allow', Action: 's3:*', Resource: '*' }, { Effect: 'Deny', Action: action, Resource: '*' });
    expect(await failureOf(call(open({ bucket, credentials })))).toMatchObject({
      code: 'store-unusable',
      message: `${tried} in s3://${bucket}: AWS denies ${action}`,
      hint: expect.stringContaining(`arn:aws:s3:::${bucket}`),
    });
  });

  it('is used with no other rights than those that the hint names', async () => {
    const bucket = await makeBucket(emulator);
    await allow(
      {
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        Resource: `arn:aws:s3:::${bucket}/team/*`,
      },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${bucket}` },
    );
    const store = open({ bucket, prefix: 'team', credentials });
    expect(await store.get('a')).toBeUndefined();
    const put = await store.put('a', Buffer.from('1'), 'absent');
    expect(put.won && (await store.put('a', Buffer.from('2'), { etag: put.etag }))).toMatchObject({ won: true });
    expect(await store.list('')).toEqual(['a']);
    await store.delete('a');
    expect(await failureOf(open({ bucket, prefix: 'other', credentials }).put('a', Buffer.from('1')))).toMatchObject({
      message: expect.stringContaining('AWS denies s3:PutObject'),
    });
  });
});

function start(task: string, bucket: string): ChildProcess {
  const script = join(import.meta.dirname, 'object-store-writer.ts');
  const args = ['--disable-warning=ExperimentalWarning', script, task, `s3://${bucket}`, 'object'];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...emulator.environment } });
}

async function outputOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the child has no output');
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(code).toBe(0);
  return said;
}

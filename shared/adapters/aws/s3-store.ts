import { createHash, randomUUID } from 'node:crypto';
import type { GetObjectCommandOutput, PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { ObjectStore, StoredObject, StoreEntry, WriteCondition } from '../../ports.ts';
import type { S3Calls } from './clients/s3-calls.ts';
import { type CallS3, openBucket, type S3BucketOptions, type S3Outcome } from './s3-bucket.ts';
import { s3ErrorOf } from './s3-error.ts';
import { DamagedOnTheWay, IncompleteAnswer, type S3FailureKind } from './s3-failure.ts';

export type S3StoreOptions = S3BucketOptions & {
  readonly bucket: string;
  /** What all keys begin with, such as `team/prod`; absent or empty: the store has the bucket for itself. */
  readonly prefix?: string;
  /** The KMS key of new objects; absent: as the bucket's default encryption says. */
  readonly kmsKeyId?: string;
};

type Written = { readonly won: true; readonly etag: string } | { readonly won: false };

type Page = { readonly entries: readonly StoreEntry[]; readonly next: string | undefined };

/** Who wrote an object is told apart by this: an attempt without an answer may have been the one that won. */
const writeMark = 'plumbline-write';

const lost: readonly S3FailureKind[] = ['lost', 'conflict', 'absent'];

/** The store of state in a bucket of S3. Each object is written with its SHA-256, which S3 checks, and read with it. */
export class S3Store implements ObjectStore {
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #encryption: Partial<PutObjectCommandInput>;
  readonly #call: CallS3;

  constructor({ bucket, prefix = '', kmsKeyId, ...options }: S3StoreOptions) {
    this.#bucket = bucket;
    this.#prefix = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
    this.#encryption =
      kmsKeyId === undefined ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId, BucketKeyEnabled: true };
    this.#call = openBucket(options);
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const place = this.#placeOf(key);
    const outcome = await this.#call('s3:GetObject', async (s3) =>
      toStored(await s3.getObject({ ...place, ChecksumMode: 'ENABLED' })),
    );
    if (outcome.ok) return outcome.value;
    if (outcome.failure.kind === 'absent') return undefined;
    throw this.#error(outcome, `read ${key}`);
  }

  async put(key: string, body: Uint8Array, condition?: WriteCondition): Promise<Written> {
    const mark = randomUUID();
    const input = { ...this.#encryption, ...this.#placeOf(key), ...toConditions(condition), ...toContent(body, mark) };
    const outcome = await this.#call('s3:PutObject', async (s3) => etagOf(await s3.putObject(input)));
    if (outcome.ok) return { won: true, etag: outcome.value };
    if (condition === undefined || !lost.includes(outcome.failure.kind)) throw this.#error(outcome, `write ${key}`);
    return outcome.unsure ? await this.#findWrite(key, mark) : { won: false };
  }

  async list(prefix: string): Promise<readonly string[]> {
    return (await this.entries(prefix)).map(({ key }) => key);
  }

  async entries(prefix: string): Promise<readonly StoreEntry[]> {
    const entries: StoreEntry[] = [];
    let token: string | undefined;
    do {
      const from = token;
      const outcome = await this.#call('s3:ListBucket', (s3) => this.#listPage(s3, prefix, from));
      if (!outcome.ok) throw this.#error(outcome, `list ${prefix}`);
      entries.push(...outcome.value.entries);
      token = outcome.value.next;
    } while (token !== undefined);
    return entries.sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  async delete(key: string): Promise<void> {
    const outcome = await this.#call('s3:DeleteObject', (s3) => s3.deleteObject(this.#placeOf(key)));
    if (!outcome.ok && outcome.failure.kind !== 'absent') throw this.#error(outcome, `delete ${key}`);
  }

  /** After an attempt without an answer, and a further one that lost: perhaps to the first. */
  async #findWrite(key: string, mark: string): Promise<Written> {
    const outcome = await this.#call('s3:GetObject', (s3) => s3.headObject(this.#placeOf(key)));
    if (!outcome.ok && outcome.failure.kind !== 'absent') throw this.#error(outcome, `read ${key}`);
    if (!outcome.ok || outcome.value.Metadata?.[writeMark] !== mark) return { won: false };
    return { won: true, etag: etagOf(outcome.value) };
  }

  async #listPage(s3: S3Calls, prefix: string, token: string | undefined): Promise<Page> {
    const page = await s3.listObjects({
      Bucket: this.#bucket,
      Prefix: `${this.#prefix}${prefix}`,
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    if (page.IsTruncated === true && page.NextContinuationToken === undefined) throw new IncompleteAnswer();
    const listed = page.Contents ?? [];
    const entries = listed.map((each) => ({ key: (each.Key ?? '').slice(this.#prefix.length), etag: etagOf(each) }));
    // The console of S3 makes empty objects that stand for folders.
    return { entries: entries.filter(({ key }) => key !== '' && !key.endsWith('/')), next: page.NextContinuationToken };
  }

  #placeOf(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: `${this.#prefix}${key}` };
  }

  #error({ failure }: S3Outcome<never> & { readonly ok: false }, tried: string): Error {
    return s3ErrorOf(failure, { tried, bucket: this.#bucket, prefix: this.#prefix });
  }
}

function toConditions(condition: WriteCondition | undefined): Partial<PutObjectCommandInput> {
  if (condition === undefined) return {};
  return condition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: condition.etag };
}

function toContent(body: Uint8Array, mark: string): Partial<PutObjectCommandInput> {
  return {
    Body: body,
    ContentLength: body.byteLength,
    ContentType: 'application/octet-stream',
    ChecksumAlgorithm: 'SHA256',
    ChecksumSHA256: sha256Of(body),
    Metadata: { [writeMark]: mark },
  };
}

/** An object that something else put there, such as a copy, may have another checksum, which the SDK looks at, or none. */
async function toStored(answer: GetObjectCommandOutput): Promise<StoredObject> {
  const body = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
  const { ChecksumSHA256: sum } = answer;
  const isWhole = sum === undefined || sum.includes('-') || sum === sha256Of(body);
  if (!isWhole || (answer.ContentLength ?? body.byteLength) !== body.byteLength) throw new DamagedOnTheWay();
  return { body, etag: etagOf(answer) };
}

function etagOf({ ETag }: { readonly ETag?: string | undefined }): string {
  if (ETag === undefined) throw new IncompleteAnswer();
  return ETag;
}

function sha256Of(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('base64');
}

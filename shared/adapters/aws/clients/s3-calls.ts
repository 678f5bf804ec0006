import {
  DeleteObjectCommand,
  type DeleteObjectCommandInput,
  type DeleteObjectCommandOutput,
  GetObjectCommand,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandInput,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type PutObjectCommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';
import type { CallConfig } from '../call-options.ts';

/** The calls of S3 that are made, and no more of its client: that is what a function has to load. */
export class S3Calls {
  readonly #client: S3Client;

  constructor(config: CallConfig) {
    this.#client = new S3Client(config);
  }

  getObject(input: GetObjectCommandInput): Promise<GetObjectCommandOutput> {
    return this.#client.send(new GetObjectCommand(input));
  }

  headObject(input: HeadObjectCommandInput): Promise<HeadObjectCommandOutput> {
    return this.#client.send(new HeadObjectCommand(input));
  }

  putObject(input: PutObjectCommandInput): Promise<PutObjectCommandOutput> {
    return this.#client.send(new PutObjectCommand(input));
  }

  listObjects(input: ListObjectsV2CommandInput): Promise<ListObjectsV2CommandOutput> {
    return this.#client.send(new ListObjectsV2Command(input));
  }

  deleteObject(input: DeleteObjectCommandInput): Promise<DeleteObjectCommandOutput> {
    return this.#client.send(new DeleteObjectCommand(input));
  }
}

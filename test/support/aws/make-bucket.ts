import { randomBytes } from 'node:crypto';
import { S3 } from '@aws-sdk/client-s3';
import type { Emulator } from './start-emulator.ts';

/** Makes a bucket of a name of its own, and gives that. */
export async function makeBucket(emulator: Emulator): Promise<string> {
  const client = connectS3(emulator);
  const Bucket = `state-${randomBytes(6).toString('hex')}`;
  await client.createBucket({ Bucket });
  client.destroy();
  return Bucket;
}

/** A client with all rights, to look behind the store. */
export function connectS3({ endpoint, region, credentials }: Emulator): S3 {
  return new S3({ endpoint, region, credentials });
}

import type { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError, messageOf } from '../../errors.ts';
import { type FindObject, indexPack } from './index-pack.ts';
import { indexName, packName } from './pack.ts';

const checksumSize = 20;

/**
 * Writes a pack and its index into a folder, both safely on disk when it resolves. A pack that is cut short or changed on the way is a
 * retryable GitError `git-failed`. Objects that the pack builds upon are taken from `find`.
 */
export async function writePack(folder: string, bytes: AsyncIterable<Uint8Array>, find: FindObject): Promise<void> {
  const path = join(folder, packName);
  const file = await open(path, 'w');
  try {
    for await (const chunk of bytes) await file.write(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
  const index = toIndex(await readFile(path), find);
  await writeFile(join(folder, indexName), index, { flush: true });
}

function toIndex(pack: Buffer, find: FindObject): Buffer {
  if (pack.toString('latin1', 0, 4) !== 'PACK') throw broken('is empty');
  const sum = createHash('sha1').update(pack.subarray(0, -checksumSize)).digest();
  if (!sum.equals(pack.subarray(-checksumSize))) throw broken('does not match its checksum');
  try {
    return indexPack(pack, find);
  } catch (cause) {
    throw broken(`is not sound: ${messageOf(cause)}`);
  }
}

function broken(how: string): GitError {
  return new GitError('git-failed', `The pack that the Git host sent ${how}.`, { hint: 'Try again.', retryable: true });
}

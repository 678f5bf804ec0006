import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError, messageOf } from '../../errors.ts';
import { loadGit } from './git-library.ts';
import { packsFolder } from './kept-repository.ts';

/**
 * Writes a pack and its index into a bare repository. A pack that holds other than it says, or builds upon objects that are not there, is
 * a retryable GitError `git-failed`. It is named so that it is looked into after those that are there.
 */
export async function writePack(gitdir: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const filepath = join(packsFolder, await nameAfterAll(join(gitdir, packsFolder)));
  const path = join(gitdir, filepath);
  try {
    await writeFile(path, bytes);
    const promised = await countObjects(path);
    const git = await loadGit();
    const { oids } = await git.indexPack({ fs, dir: gitdir, gitdir, filepath }).catch((cause: unknown) => {
      throw broken(`is not sound: ${messageOf(cause)}`);
    });
    if (oids.length !== promised) throw broken(`lacks what ${promised - oids.length} of its objects need`);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/**
 * The library looks for an object by the packs' names, and a pack builds only upon those before it. Were a later one read first, two
 * versions of a file could each be said as a change of the other, and reading would never end. Ids keep names apart, as packs are
 * links that other commits share.
 */
async function nameAfterAll(packs: string): Promise<string> {
  const earlier = (await readdir(packs)).filter((name) => name.endsWith('.pack')).length;
  return `pack-${String(earlier).padStart(4, '0')}-${randomUUID()}.pack`;
}

/** The library leaves out what it cannot resolve, and waits for ever on an empty file. */
async function countObjects(path: string): Promise<number> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(12));
    if (bytesRead === 12 && buffer.toString('latin1', 0, 4) === 'PACK') return buffer.readUInt32BE(8);
    throw broken('is empty');
  } finally {
    await file.close();
  }
}

function broken(how: string): GitError {
  return new GitError('git-failed', `The pack that the Git host sent ${how}.`, { hint: 'Try again.', retryable: true });
}

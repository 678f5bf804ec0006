import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PlumbError } from '../../errors.ts';
import type { Conceal } from '../../model/secret-value.ts';
import { concealWith } from './conceal.ts';

const keyBytes = 32;

/**
 * Marks values under a key of this person's own, made at its first use. It is kept apart from the store, where the marks are: who has
 * both could guess weak values. Without it marks are other ones, and pods that read secrets are restarted once.
 */
export function concealWithKeyFile(path: string): Conceal {
  let conceal: Conceal | undefined;
  return (bytes) => {
    conceal ??= concealWith(readOrMake(path));
    return conceal(bytes);
  };
}

function readOrMake(path: string): Uint8Array {
  try {
    return read(path) ?? make(path);
  } catch (cause) {
    if (cause instanceof PlumbError) throw cause;
    throw new PlumbError('usage', `the key that secrets are marked with cannot be kept in ${path}`, {
      object: path,
      hint: 'make its folder writable, or set XDG_CONFIG_HOME to one that is',
      cause,
    });
  }
}

function read(path: string): Uint8Array | undefined {
  try {
    const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
    if (key.length === keyBytes) return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  throw new PlumbError('usage', `${path} is not a key that secrets are marked with`, {
    object: path,
    hint: 'put it back from a backup, or delete it: then pods that read secrets are restarted once',
  });
}

/** Of several processes that make it at once, the first one's counts. */
function make(path: string): Uint8Array {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(keyBytes).toString('base64')}\n`, { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return read(path) ?? make(path);
}

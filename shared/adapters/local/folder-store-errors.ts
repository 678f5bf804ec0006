import { messageOf, StoreError } from '../../errors.ts';

const hints: { readonly [code: string]: string } = {
  ENOSPC: 'Free some space on that disk and run it again; what was stored before is unharmed.',
  EDQUOT: 'Free some of your disk quota and run it again; what was stored before is unharmed.',
  EFBIG: 'The system lets this process write no file of that size: raise its limit (ulimit -f) and run it again.',
  EROFS: 'That file system is read-only: choose a folder for state that can be written.',
  EACCES: 'Give this user the right to read and write that folder, or choose another folder for state.',
  EPERM: 'Give this user the right to read and write that folder, or choose another folder for state.',
  ENOTDIR: 'A file is where a folder is needed: move it away, or choose another folder for state.',
  EEXIST: 'A file is where a folder is needed: move it away, or choose another folder for state.',
  EISDIR: 'A folder is where a file is needed: move it away, or choose another folder for state.',
  ENAMETOOLONG: 'Choose a folder for state with a shorter path.',
  EIO: 'The disk reports errors: check it before anything else.',
};

/** The code of a system error, such as ENOENT; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** A StoreError `store-unusable` that names the key and folder, and says what to do. */
export function unusable(tried: string, folder: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  return new StoreError('store-unusable', `Cannot ${tried} in the state folder ${folder}: ${messageOf(cause)}`, {
    object: folder,
    hint: hints[errorCode(cause) ?? ''] ?? 'Check that folder, or choose another one for state.',
    cause,
  });
}

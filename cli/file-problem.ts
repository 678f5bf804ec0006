import { messageOf } from '../shared/errors.ts';

const reasons: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'the permission is missing',
  EPERM: 'the permission is missing',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
};

/** Why a file cannot be read, in words. */
export function fileProblem(cause: unknown): string {
  const { code = '' } = cause as NodeJS.ErrnoException;
  return reasons[code] ?? messageOf(cause);
}

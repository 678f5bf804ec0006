import { readFile, stat } from 'node:fs/promises';
import type { GitCredential } from '../shared/adapters/git/git-address.ts';
import { PlumbError } from '../shared/errors.ts';
import { fileProblem } from './file-problem.ts';

/** Reads a file in the format of Git's own credential store. Others than its owner may not be able to read it. */
export async function readGitCredentials(file: string): Promise<readonly GitCredential[]> {
  const { mode } = await stat(file).catch((cause: unknown) => {
    throw new PlumbError('usage', `--git-credentials: ${file} cannot be read: ${fileProblem(cause)}`, { cause });
  });
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new PlumbError('usage', `--git-credentials: others can read ${file}`, { hint: `run: chmod 600 ${file}` });
  }
  return parseGitCredentials(await readFile(file, 'utf8'), file);
}

/** The credentials of lines like `https://user:token@git.example/team`. Blank lines and `#` comments are passed over. */
export function parseGitCredentials(text: string, file: string): readonly GitCredential[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const entry = line.trim();
    return entry === '' || entry.startsWith('#') ? [] : [parseLine(entry, `${file}:${index + 1}`)];
  });
}

/** No part of the line enters the message: it may be a secret. */
function parseLine(line: string, place: string): GitCredential {
  const url = URL.canParse(line) ? new URL(line) : undefined;
  const usable = url !== undefined && /^https?:$/.test(url.protocol) && url.username !== '';
  if (!usable) {
    throw new PlumbError('usage', `${place}: not a line like https://user:token@git.example/team`, {
      hint: 'special characters in the user name and token are written as %XX',
    });
  }
  return {
    urlPrefix: `${url.protocol}//${url.host}${url.pathname}`,
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

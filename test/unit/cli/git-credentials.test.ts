import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseGitCredentials, readGitCredentials } from '../../../cli/git-credentials.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('--git-credentials', () => {
  it("reads the lines of git's own credential store", () => {
    const text = '# team\nhttps://bot:to%2Fken@git.example/team\r\n\nhttp://me:pw@127.0.0.1:8080\n';
    expect(parseGitCredentials(text, 'file')).toEqual([
      { urlPrefix: 'https://git.example/team', username: 'bot', password: 'to/ken' },
      { urlPrefix: 'http://127.0.0.1:8080/', username: 'me', password: 'pw' },
    ]);
  });

  it.each(['hunter2', 'https://git.example/hunter2', 'ssh://git:hunter2@git.example'])(
    'names the line of "%s", which cannot be used, and repeats nothing of it',
    (line) => {
      expect(() => parseGitCredentials(`# first\n${line}`, 'creds')).toThrow('creds:2: not a line like');
      expect(() => parseGitCredentials(line, 'creds')).not.toThrow('hunter2');
    },
  );

  it('refuses a file that others can read', async () => {
    const file = join(folder, 'open');
    await writeFile(file, 'https://a:b@git.example');
    await chmod(file, 0o644);
    await expect(readGitCredentials(file)).rejects.toMatchObject({ code: 'usage', hint: `run: chmod 600 ${file}` });
    await chmod(file, 0o600);
    await expect(readGitCredentials(file)).resolves.toHaveLength(1);
  });

  it('says which file is not there', async () => {
    await expect(readGitCredentials(join(folder, 'none'))).rejects.toThrow(`${join(folder, 'none')} cannot be read`);
  });
});

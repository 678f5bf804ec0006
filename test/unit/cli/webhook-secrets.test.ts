import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readWebhookSecrets } from '../../../cli/webhook-secrets.ts';
import { PlumbError } from '../../../shared/errors.ts';
import { gitProviders } from '../../../shared/model/push.ts';
import { parseWebhookSecrets } from '../../../shared/webhook/parse-secrets.ts';

const signingToken = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** All that a person is told of what is wrong. */
function complaintOf(text: string): string {
  try {
    parseWebhookSecrets(text, 'secrets');
  } catch (error) {
    return error instanceof PlumbError ? `${error.message} (${error.hint})` : 'not an error of its own';
  }
  return 'none';
}

describe('--webhook-secrets', () => {
  it('reads a Git host and a secret from each line, several for its rotation', () => {
    const text = `# team\n\ngithub  older # one\r\ngithub newer\n  gitlab ${signingToken}\nazure-devops bot:a b:c\n`;
    expect(parseWebhookSecrets(text, 'secrets')).toEqual({
      github: ['older # one', 'newer'],
      gitlab: [signingToken],
      'azure-devops': ['bot:a b:c'],
    });
  });

  it.each(gitProviders)('knows %s', (provider) => {
    expect(parseWebhookSecrets(`${provider} a:b`, 'secrets')).toEqual({ [provider]: ['a:b'] });
  });

  it.each(['forgejo', 'gogs'])('takes %s for a kind of Gitea', (kin) => {
    expect(parseWebhookSecrets(`${kin} one\ngitea two`, 'secrets')).toEqual({ gitea: ['one', 'two'] });
  });

  it.each([
    'hunter2',
    'github',
    'hunter2 github',
    'constructor hunter2',
    'GitHub=hunter2',
    'azure-devops hunter2',
    'azure-devops hunter2:',
    'gitlab whsec_hunter2',
    'gitlab whsec_hunter2!hunter2!hunter2!hunter2!',
  ])('names the line of "%s", which cannot be used, and repeats nothing of it', (line) => {
    const complaint = complaintOf(`# first\n${line}`);
    expect(complaint).toMatch(/^secrets:2: /);
    expect(complaint).not.toContain('hunter2');
  });

  it.each(['', '\n# nothing\n'])('is not without a secret: %j', (text) => {
    expect(complaintOf(text)).toContain('secrets has no secret');
  });

  it('refuses a file that others can read', async () => {
    const file = join(folder, 'open');
    await writeFile(file, 'github hunter2');
    await chmod(file, 0o644);
    await expect(readWebhookSecrets(file)).rejects.toMatchObject({
      code: 'usage',
      message: `--webhook-secrets: others can read ${file}`,
      hint: `run: chmod 600 ${file}`,
    });
    await chmod(file, 0o600);
    await expect(readWebhookSecrets(file)).resolves.toEqual({ github: ['hunter2'] });
  });

  it('says which file is not there, or is a folder', async () => {
    const file = join(folder, 'none');
    await expect(readWebhookSecrets(file)).rejects.toThrow(
      `--webhook-secrets: ${file} cannot be read: there is no such file or folder`,
    );
    await expect(readWebhookSecrets(folder)).rejects.toThrow(`${folder} cannot be read: it is a folder`);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CredentialFor } from '../../shared/adapters/git/git-address.ts';
import type { HttpGitHostOptions } from '../../shared/adapters/git/http-git-host.ts';
import { SecretError } from '../../shared/errors.ts';
import type { GitRef } from '../../shared/model/revision.ts';
import { failureOf, type GitHostBed, startGitHostBed } from './git-host-bed.ts';

const password = 'good-c4n4ry';
const bot = (word: string) => ({ username: 'bot', password: word });

describe('Credentials that somebody else knows', () => {
  let bed: GitHostBed;
  let url: string;
  let calls: { readonly repoURL: string; readonly refused: string | undefined }[];
  beforeAll(async () => {
    bed = await startGitHostBed();
    await bed.server.createRepository('team/private', { a: '1' }, { users: { bot: password } });
    await bed.server.createRepository('open', { a: '1' });
    url = bed.server.url('team/private');
  });
  afterAll(() => bed.stop());
  beforeEach(() => {
    calls = [];
    bed.server.forgetRequests();
  });

  /** Gives these passwords, one after another, and notes what it was asked. */
  const knows =
    (...words: readonly string[]): CredentialFor =>
    async (repoURL, refused) => {
      calls.push({ repoURL, refused: refused?.password });
      const word = words[Math.min(calls.length, words.length) - 1];
      return word === undefined ? undefined : bot(word);
    };
  const refsOf = async (from: string, options: Partial<HttpGitHostOptions>): Promise<readonly GitRef[]> =>
    (await bed.host(options)).listRefs(from, ['refs/heads/']);
  const users = (): readonly (string | undefined)[] => bed.server.requests().map(({ user }) => user);

  it('are asked for with the address alone, and open the repository', async () => {
    const written = url.replace('://', '://organisation@');
    expect(await refsOf(written, { credentialFor: knows(password) })).toHaveLength(1);
    expect(calls).toEqual([{ repoURL: url, refused: undefined }]);
  });

  it('are those of now with each request', async () => {
    const host = await bed.host({ credentialFor: knows(password, 'other', 'other') });
    await host.listRefs(url, ['refs/heads/']);
    expect(await failureOf(host.listRefs(url, ['refs/heads/']))).toMatchObject({ code: 'git-unauthorized' });
  });

  it('are asked for once more when the host refuses them, and used when they are others by then', async () => {
    expect(await refsOf(url, { credentialFor: knows('old', password) })).toHaveLength(1);
    expect(calls.map(({ refused }) => refused)).toEqual([undefined, 'old']);
    expect(users()).toEqual(['bot', 'bot']);
  });

  it('that stay the same are not tried again', async () => {
    const failure = await failureOf(refsOf(url, { credentialFor: async () => bot('old') }));
    expect(failure).toMatchObject({
      code: 'git-unauthorized',
      message: expect.stringContaining('does not accept the credentials'),
    });
    // Asked, and greeted.
    expect(users()).toHaveLength(2);
  });

  it('may be none, where none are needed', async () => {
    expect(await refsOf(bed.server.url('open'), { credentialFor: async () => undefined })).toHaveLength(1);
  });

  it('are not asked for where the list has one, or the address', async () => {
    const credentials = [{ urlPrefix: bed.server.origin, ...bot(password) }];
    await refsOf(url, { credentials, credentialFor: knows('other') });
    await refsOf(url.replace('://', `://bot:${password}@`), { credentialFor: knows('other') });
    expect(calls).toEqual([]);
  });

  it('that cannot be had are an error that says why, and may pass', async () => {
    const hint = 'Try again later.';
    const credentialFor: CredentialFor = () =>
      Promise.reject(new SecretError('secret-unreachable', 'Secret arn: AWS does not answer', { hint }));
    expect(await failureOf(refsOf(url, { credentialFor }))).toMatchObject({
      code: 'git-unauthorized',
      retryable: true,
      hint,
      message: `Git repository ${url} could not be read: Secret arn: AWS does not answer`,
    });
    expect(users()).toEqual([]);
  });

  it('for one repository do not follow a redirect to another, but below their prefix they do', async () => {
    const seen: (string | undefined)[] = [];
    const origin = await bed.listen((request, response) => {
      const isOld = request.url?.startsWith('/team/old.git') === true;
      if (!isOld) seen.push(request.headers.authorization);
      response.writeHead(isOld ? 301 : 404, isOld ? { location: request.url?.replace('old', 'new') } : {}).end();
    });
    await failureOf(refsOf(`${origin}/team/old.git`, { credentialFor: async () => bot(password) }));
    expect(new Set(seen)).toEqual(new Set([undefined]));
    seen.length = 0;
    const prefixed: CredentialFor = async () => ({ urlPrefix: `${origin}/team`, ...bot(password) });
    await failureOf(refsOf(`${origin}/team/old.git`, { credentialFor: prefixed }));
    expect(seen.every((header) => header?.startsWith('Basic '))).toBe(true);
  });
});

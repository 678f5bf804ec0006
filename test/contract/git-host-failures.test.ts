import type { IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startGitServer } from '../support/git-server.ts';
import { failureOf, type GitHostBed, startGitHostBed } from './git-host-bed.ts';

let bed: GitHostBed;
let sha: string;

const password = 's3cret-t0ken';
// Self-signed, valid for a hundred years, trusted by nobody.
const tls = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgsJCw04MlIKGNXwC6
L0tUoIhOcd3Kp1H3q01te84FjJShRANCAAQ+jxvecVhk655qcVBYPfRhBsHqA7AZ
q/TncvcX6MZ8+Ovcxb8EFV4WlqK7OYsxALYk5Q/97yb4iWhOhms6EmMM
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBfTCCASOgAwIBAgIURvrXbShkEuotiAkhQKekETyTQD8wCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIZ2l0LnRlc3QwIBcNMjYxMTIzMTI0MTQ1WhgPMjEyNjEwMzAx
MjQxNDVaMBMxETAPBgNVBAMMCGdpdC50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEPo8b3nFYZOueanFQWD30YQbB6gOwGav053L3F+jGfPjr3MW/BBVeFpai
uzmLMQC2JOUP/e8m+IloToZrOhJjDKNTMFEwHQYDVR0OBBYEFKReeacrVDRK9gsw
6Te4Am5aNPO9MB8GA1UdIwQYMBaAFKReeacrVDRK9gsw6Te4Am5aNPO9MA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAPm/Pv/r6Jgj3lbT1wx/1+qa
WN2kV6CTnmVKFiw75X0iAiB7TyK+6TbYzfVM1xieCRUuaH0qt2a4lkMzdTCbhNqK
+A==
-----END CERTIFICATE-----
`,
};

beforeAll(async () => {
  bed = await startGitHostBed();
  await bed.server.createRepository('open', { 'a.yaml': `a: ${'1'.repeat(50_000)}\n` });
  sha = await bed.server.createRepository('team/private', { 'a.yaml': 'a: 1\n' }, { users: { bot: password } });
});

afterAll(() => bed.stop());
beforeEach(() => {
  bed.server.heal();
  bed.server.forgetRequests();
});

const refsOf = async (url: string, options: Parameters<GitHostBed['host']>[0] = {}): Promise<unknown> =>
  (await bed.host(options)).listRefs(url, ['HEAD']);

describe('A failure of GitHost is told apart', () => {
  it.each([
    [
      'a host name that does not exist',
      'http://no-such-host.invalid/x.git',
      { code: 'git-host-unknown', retryable: false },
    ],
    ['a port where nothing listens', 'http://127.0.0.1:1/x.git', { code: 'git-refused', retryable: true }],
    ['an address over ssh', 'git@github.com:org/repo.git', { code: 'git-failed', retryable: false }],
    ['an address of another scheme', 'file:///etc/passwd', { code: 'git-failed', retryable: false }],
  ] as const)('%s', async (_, url, failure) => {
    expect(await failureOf(refsOf(url))).toMatchObject(failure);
  });

  it('an address over ssh is answered with the https address to write', async () => {
    const failure = await failureOf(refsOf('git@github.com:org/repo.git'));
    expect(failure.hint).toContain('https://github.com/org/repo.git');
  });

  it('a repository that does not exist', async () => {
    expect(await failureOf(refsOf(bed.server.url('none')))).toMatchObject({
      code: 'git-repository-unknown',
      retryable: false,
    });
  });

  it('an address that is no Git repository', async () => {
    const origin = await bed.listen((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    );
    const failure = await failureOf(refsOf(`${origin}/page`));
    expect(failure).toMatchObject({ code: 'git-repository-unknown', message: expect.stringContaining('text/html') });
  });

  it('a repository that wants a login; the hint says that it may also not exist', async () => {
    const failure = await failureOf(refsOf(bed.server.url('team/private')));
    expect(failure).toMatchObject({ code: 'git-unauthorized', hint: expect.stringContaining('does not exist') });
  });

  it('credentials that are wrong, without showing them', async () => {
    const url = bed.server.url('team/private').replace('://', `://bot:wrong-${password}@`);
    const failure = await failureOf(refsOf(url));
    expect(failure).toMatchObject({
      code: 'git-unauthorized',
      message: expect.stringContaining('does not accept the credentials'),
    });
    expect(`${failure.message} ${failure.hint} ${failure.object}`).not.toContain(password);
  });

  it('a login that may not read', async () => {
    bed.server.fail({ status: 403 });
    expect(await failureOf(refsOf(bed.server.url('open')))).toMatchObject({ code: 'git-unauthorized' });
  });

  it('a commit that does not exist', async () => {
    const host = await bed.host();
    const failure = await failureOf(
      host.openCommit(bed.server.url('open'), { sha: 'd'.repeat(40), ref: 'refs/heads/main' }),
    );
    expect(failure).toMatchObject({
      code: 'git-revision-unknown',
      message: expect.stringContaining('has no commit ddd'),
    });
  });

  it('an abbreviated commit that does not exist', async () => {
    const failure = await failureOf((await bed.host()).openCommit(bed.server.url('open'), { sha: 'ddddddd' }));
    expect(failure).toMatchObject({ code: 'git-revision-unknown', hint: expect.stringContaining('full SHA') });
  });

  it('a host that does not answer in time', async () => {
    bed.server.fail({ status: 'hang' });
    const failure = await failureOf(refsOf(bed.server.url('open'), { timeoutMs: 100 }));
    expect(failure).toMatchObject({ code: 'git-timeout', retryable: true });
  });

  it('a repository that is too large', async () => {
    const host = await bed.host({ maxPackBytes: 100 });
    const [head] = await (await bed.host()).listRefs(bed.server.url('open'), ['HEAD']);
    const failure = await failureOf(host.openCommit(bed.server.url('open'), { sha: head?.oid ?? '' }));
    expect(failure).toMatchObject({ code: 'git-too-large', retryable: false });
  });

  it('a certificate that nobody vouches for', async () => {
    const secure = await startGitServer({ tls });
    const failure = await failureOf(refsOf(secure.url('x')));
    await secure.stop();
    expect(failure).toMatchObject({ code: 'git-tls', hint: expect.stringContaining('NODE_EXTRA_CA_CERTS') });
  });

  it.each([429, 500, 503] as const)(
    'a host that keeps answering %p, after a bounded number of requests',
    async (status) => {
      bed.server.fail({ status });
      const failure = await failureOf(refsOf(bed.server.url('open')));
      expect(failure).toMatchObject({
        code: 'git-failed',
        retryable: true,
        message: expect.stringContaining(`HTTP ${status}`),
      });
      expect(bed.asked().length).toBeLessThanOrEqual(4);
    },
  );

  it('a host that cuts every connection', async () => {
    bed.server.fail({ status: 'reset' });
    expect(await failureOf(refsOf(bed.server.url('open')))).toMatchObject({ code: 'git-failed', retryable: true });
  });

  it('an answer that ends early, so that a missing ref is never taken for a deleted one', async () => {
    const origin = await bed.listen((_, response) => {
      response
        .writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' })
        .end(`003d${'a'.repeat(40)} refs/heads/main\n`);
    });
    expect(await failureOf(refsOf(`${origin}/x`))).toMatchObject({ code: 'git-failed', retryable: true });
  });
});

describe('Credentials', () => {
  it('open a private repository, by the longest prefix of its address', async () => {
    const credentials = [
      { urlPrefix: bed.server.origin, username: 'bot', password: 'wrong' },
      { urlPrefix: `${bed.server.origin}/team`, username: 'bot', password },
      { urlPrefix: `${bed.server.origin}/team/priv`, username: 'bot', password: 'wrong' },
    ];
    const tree = await (await bed.host({ credentials })).openCommit(bed.server.url('team/private'), { sha });
    expect(tree.commit.sha).toBe(sha);
  });

  it('are found for an address that names only a user, as Azure DevOps writes them', async () => {
    const credentials = [{ urlPrefix: bed.server.origin, username: 'bot', password }];
    const url = bed.server.url('team/private').replace('://', '://organisation@');
    expect(await refsOf(url, { credentials })).toHaveLength(1);
  });

  it('may stand in the address, and are stripped from what is shown', async () => {
    const url = bed.server.url('team/private').replace('://', `://bot:${password}@`);
    const tree = await (await bed.host()).openCommit(url, { sha });
    expect(tree.repoURL).toBe(bed.server.url('team/private'));
  });

  it.each([
    ['another host', '/team/private.git', ''],
    ['a place on the same host beyond their prefix', '/elsewhere/private.git', undefined],
  ])('do not follow a redirect to %s', async (_, from, target) => {
    const seen: IncomingHttpHeaders[] = [];
    const other = await bed.listen((request, response) => {
      seen.push(request.headers);
      response.writeHead(404).end();
    });
    const origin = await bed.listen((request, response) => {
      const path = request.url ?? '';
      if (path.startsWith('/stolen/')) {
        seen.push(request.headers);
        response.writeHead(404).end();
        return;
      }
      const location = target === '' ? `${other}${path}` : path.replace(/^\/[^/]+/, '/stolen');
      response.writeHead(307, { location }).end();
    });
    const credentials = [{ urlPrefix: `${origin}${from.replace(/\/private.*$/, '')}`, username: 'bot', password }];
    await failureOf(refsOf(`${origin}${from}`, { credentials }));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.map(({ authorization }) => authorization)).toEqual(seen.map(() => undefined));
  });

  it('follow a redirect below their prefix, so that a renamed repository stays readable', async () => {
    const origin = await bed.listen((request, response) => {
      const isOld = request.url?.startsWith('/team/old.git') === true;
      const status = isOld ? 301 : request.headers.authorization === undefined ? 401 : 404;
      response.writeHead(status, isOld ? { location: request.url?.replace('old', 'new') } : {}).end();
    });
    const credentials = [{ urlPrefix: `${origin}/team`, username: 'bot', password }];
    expect(await failureOf(refsOf(`${origin}/team/old.git`, { credentials }))).toMatchObject({
      code: 'git-repository-unknown',
    });
  });

  it('for https never travel over http', async () => {
    const credentials = [{ urlPrefix: bed.server.origin.replace('http:', 'https:'), username: 'bot', password }];
    expect(await failureOf(refsOf(bed.server.url('team/private'), { credentials }))).toMatchObject({
      code: 'git-unauthorized',
    });
    expect(bed.server.requests().map(({ user }) => user)).not.toContain('bot');
  });

  it('a redirect without an end is given up', async () => {
    const origin = await bed.listen((request, response) => response.writeHead(302, { location: request.url }).end());
    expect(await failureOf(refsOf(`${origin}/x`))).toMatchObject({
      message: expect.stringContaining('redirects more than'),
    });
  });
});

describe('A proxy', () => {
  it('is asked in place of the host, unless the host is excepted', async () => {
    const seen: (string | undefined)[] = [];
    const http = await bed.listen((request, response) => {
      seen.push(request.url);
      response.writeHead(403).end();
    });
    const url = bed.server.url('open');
    expect(await failureOf(refsOf(url, { proxy: { http } }))).toMatchObject({ code: 'git-unauthorized' });
    expect(seen).toContain(`${url}/git-upload-pack`);
    expect(bed.asked()).toEqual([]);
    expect(await refsOf(url, { proxy: { http, except: '127.0.0.1' } })).toHaveLength(1);
  });
});

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { Agent, type Dispatcher } from 'undici';
import { type ErrorCode, SecretError } from '../../errors.ts';
import type { Issued } from '../../model/secret-generator.ts';
import { type Conceal, revealSecret, type SecretValue } from '../../model/secret-value.ts';
import type { StoreAccess } from '../../secret-ports.ts';
import { boundedText } from '../bounded-text.ts';

export type GithubToken = Extract<Issued, { readonly type: 'github-token' }>;

export type GithubIssuerOptions = {
  readonly conceal: Conceal;
  /** For one request with its whole answer. */
  readonly timeoutMs: number;
  /** Before the second attempt; doubled for the third. Default 500. */
  readonly retryDelayMs?: number;
};

export type GithubIssuer = {
  /** A token of a GitHub App's installation, as `token`; SecretError when GitHub gives none. */
  issue(
    spec: GithubToken,
    access: StoreAccess,
  ): Promise<{ readonly values: ReadonlyMap<string, SecretValue>; readonly expiresAt: string }>;
  close(): Promise<void>;
};

type Failure = { readonly code: ErrorCode; readonly why: string; readonly hint: string };

const maxBytes = 1024 * 1024;
const attempts = 3;

/** What GitHub's statuses mean; none of its own text is told. */
const failures: { readonly [status: number]: Failure } = {
  401: {
    code: 'secret-denied',
    why: 'GitHub does not know this App by this key',
    hint: 'Check appID, and that the Secret holds a private key of that App.',
  },
  403: {
    code: 'secret-denied',
    why: 'GitHub does not allow it',
    hint: 'See whether the installation is suspended, and the limits of the App.',
  },
  404: {
    code: 'secret-invalid',
    why: 'there is no such installation',
    hint: 'Check installID, url, and that it is an installation of that App.',
  },
  422: {
    code: 'secret-invalid',
    why: 'a repository or a permission is not granted to the installation',
    hint: 'Ask for fewer repositories and permissions, or grant them to the installation.',
  },
};

const failing: Failure = {
  code: 'secret-unreachable',
  why: 'GitHub does not answer as it should',
  hint: 'Check url and the network on the way to it, or try again later.',
};

/** Issues tokens of GitHub Apps. */
export function createGithubIssuer(options: GithubIssuerOptions): GithubIssuer {
  const agent = new Agent({ connections: 4, connect: { timeout: options.timeoutMs } });
  return {
    issue: async (spec, access) => {
      const key = await readKey(spec, access);
      const answer = await ask(agent, spec, { key, options });
      const token = answer['token'];
      const expiresAt = answer['expires_at'];
      if (
        typeof token !== 'string' ||
        token === '' ||
        typeof expiresAt !== 'string' ||
        Number.isNaN(Date.parse(expiresAt))
      )
        throw toError(spec, { ...failing, code: 'secret-invalid', why: 'the answer holds no token with an end' });
      return { values: new Map([['token', options.conceal(Buffer.from(token))]]), expiresAt };
    },
    close: () => agent.destroy(),
  };
}

async function readKey(spec: GithubToken, access: StoreAccess): Promise<KeyObject> {
  const { name, key } = spec.privateKey;
  const pem = await access.readSecretKey(spec.privateKey);
  try {
    const parsed = createPrivateKey(Buffer.from(revealSecret(pem)));
    if (parsed.asymmetricKeyType === 'rsa') return parsed;
  } catch {
    // The reason may quote the key.
  }
  throw toError(spec, {
    code: 'secret-invalid',
    why: `key ${key} of Secret ${name} is no RSA private key in PEM`,
    hint: 'Put the private key there that GitHub gave for the App, as it is.',
  });
}

type Asking = { readonly key: KeyObject; readonly options: GithubIssuerOptions };

async function ask(
  agent: Dispatcher,
  spec: GithubToken,
  asking: Asking,
): Promise<{ readonly [field: string]: unknown }> {
  for (let left = attempts - 1, pause = asking.options.retryDelayMs ?? 500; ; left -= 1, pause *= 2) {
    const outcome = await send(agent, spec, asking).catch(() => ({ status: 0, body: undefined }));
    const { status, body } = outcome;
    if (status === 201 && body !== undefined) return body;
    const mayPass = status === 0 || status === 429 || status >= 500;
    if (left <= 0 || !mayPass) throw toError(spec, failures[status] ?? failing, status);
    await sleep(pause * (0.5 + Math.random()));
  }
}

async function send(
  agent: Dispatcher,
  { url, appId, installId, repositories, permissions }: GithubToken,
  { key, options }: Asking,
): Promise<{ readonly status: number; readonly body: { readonly [field: string]: unknown } | undefined }> {
  const { origin, pathname } = new URL(url);
  const response = await agent.request({
    origin,
    path: `${pathname.replace(/\/+$/, '')}/app/installations/${encodeURIComponent(installId)}/access_tokens`,
    method: 'POST',
    headers: {
      authorization: `Bearer ${await proof(appId, key)}`,
      accept: 'application/vnd.github+json',
      'content-type': 'application/json',
      'user-agent': 'plumbline',
    },
    body: JSON.stringify({
      ...(repositories.length === 0 ? {} : { repositories }),
      ...(Object.keys(permissions).length === 0 ? {} : { permissions }),
    }),
    signal: AbortSignal.timeout(options.timeoutMs),
  });
  return { status: response.statusCode, body: parseObject(await boundedText(response, maxBytes)) };
}

/** Says that we are the App, for five minutes; begun a little earlier, for clocks that differ. */
function proof(appId: string, key: KeyObject): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(appId)
    .setIssuedAt(now - 10)
    .setExpirationTime(now + 300)
    .sign(key);
}

function parseObject(text: string): { readonly [field: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as { readonly [field: string]: unknown }) : undefined;
  } catch {
    return undefined;
  }
}

function toError({ url, appId, installId }: GithubToken, { code, why, hint }: Failure, status?: number): SecretError {
  const object = `token of GitHub App ${appId}, installation ${installId}`;
  const where = URL.canParse(url) ? new URL(url).host : url;
  const shown = status === undefined || status === 0 ? '' : ` (${status})`;
  return new SecretError(code, `${object}: asking ${where} failed${shown}: ${why}`, { object, hint });
}

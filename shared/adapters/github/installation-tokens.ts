import { type KeyObject, sign } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import { type ErrorCode, SecretError } from '../../errors.ts';
import { boundedText } from '../bounded-text.ts';

export type InstallationTokenOptions = {
  /** For one request with its whole answer. */
  readonly timeoutMs: number;
  /** Before the second attempt; doubled for the third. Default 500. */
  readonly retryDelayMs?: number;
};

/** A GitHub App that is installed somewhere, and what a token of that installation is to be for. */
export type Installation = {
  /** As errors name it, and its fields as whoever wrote them did. */
  readonly object: string;
  readonly fields: { readonly url: string; readonly appId: string; readonly installId: string; readonly key: string };
  /** Of GitHub's API. */
  readonly url: string;
  readonly appId: string;
  readonly installId: string;
  readonly key: KeyObject;
  /** None: all of the installation. */
  readonly repositories: readonly string[];
  /** None: all of the installation. */
  readonly permissions: { readonly [name: string]: string };
};

export type InstallationToken = { readonly token: string; readonly expiresAt: string };

export type InstallationTokens = {
  /** A new token; SecretError when GitHub gives none. */
  mint(installation: Installation): Promise<InstallationToken>;
  close(): Promise<void>;
};

type Failure = { readonly code: ErrorCode; readonly why: string; readonly hint: string };

const maxBytes = 1024 * 1024;
const attempts = 3;

/** Tokens of GitHub Apps' installations, which GitHub gives for an hour. */
export function createInstallationTokens(options: InstallationTokenOptions): InstallationTokens {
  const agent = new Agent({ connections: 4, connect: { timeout: options.timeoutMs } });
  return {
    mint: async (installation) => {
      const answer = await ask(agent, installation, options);
      const token = answer['token'];
      const expiresAt = answer['expires_at'];
      if (
        typeof token !== 'string' ||
        token === '' ||
        typeof expiresAt !== 'string' ||
        Number.isNaN(Date.parse(expiresAt))
      )
        throw toError(installation, {
          ...failureOf(installation),
          code: 'secret-invalid',
          why: 'the answer holds no token with an end',
        });
      return { token, expiresAt };
    },
    close: () => agent.destroy(),
  };
}

/** What GitHub's statuses mean; none of its own text is told. */
function failureOf({ fields }: Installation, status = 0): Failure {
  const failures: { readonly [status: number]: Failure } = {
    401: {
      code: 'secret-denied',
      why: 'GitHub does not know this App by this key',
      hint: `Check ${fields.appId}, and that ${fields.key} holds a private key of that App.`,
    },
    403: {
      code: 'secret-denied',
      why: 'GitHub does not allow it',
      hint: 'See whether the installation is suspended, and the limits of the App.',
    },
    404: {
      code: 'secret-invalid',
      why: 'there is no such installation',
      hint: `Check ${fields.installId}, ${fields.url}, and that it is an installation of that App.`,
    },
    422: {
      code: 'secret-invalid',
      why: 'a repository or a permission is not granted to the installation',
      hint: 'Ask for fewer repositories and permissions, or grant them to the installation.',
    },
  };
  return (
    failures[status] ?? {
      code: 'secret-unreachable',
      why: 'GitHub does not answer as it should',
      hint: `Check ${fields.url} and the network on the way to it, or try again later.`,
    }
  );
}

async function ask(
  agent: Dispatcher,
  installation: Installation,
  options: InstallationTokenOptions,
): Promise<{ readonly [field: string]: unknown }> {
  for (let left = attempts - 1, pause = options.retryDelayMs ?? 500; ; left -= 1, pause *= 2) {
    const outcome = await send(agent, installation, options).catch(() => ({ status: 0, body: undefined }));
    const { status, body } = outcome;
    if (status === 201 && body !== undefined) return body;
    const mayPass = status === 0 || status === 429 || status >= 500;
    if (left <= 0 || !mayPass) throw toError(installation, failureOf(installation, status), status);
    await sleep(pause * (0.5 + Math.random()));
  }
}

async function send(
  agent: Dispatcher,
  { url, appId, installId, key, repositories, permissions }: Installation,
  { timeoutMs }: InstallationTokenOptions,
): Promise<{ readonly status: number; readonly body: { readonly [field: string]: unknown } | undefined }> {
  const { origin, pathname } = new URL(url);
  const response = await agent.request({
    origin,
    path: `${pathname.replace(/\/+$/, '')}/app/installations/${encodeURIComponent(installId)}/access_tokens`,
    method: 'POST',
    headers: {
      authorization: `Bearer ${proof(appId, key)}`,
      accept: 'application/vnd.github+json',
      'content-type': 'application/json',
      'user-agent': 'plumbline',
    },
    body: JSON.stringify({
      ...(repositories.length === 0 ? {} : { repositories }),
      ...(Object.keys(permissions).length === 0 ? {} : { permissions }),
    }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: response.statusCode, body: parseObject(await boundedText(response, maxBytes)) };
}

/** A JWT that says that we are the App, for five minutes; begun a little earlier, for clocks that differ. */
function proof(appId: string, key: KeyObject): string {
  const now = Math.floor(Date.now() / 1000);
  const parts = [
    { alg: 'RS256', typ: 'JWT' },
    { iss: appId, iat: now - 10, exp: now + 300 },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signature = sign('sha256', Buffer.from(parts.join('.')), key);
  return [...parts, signature.toString('base64url')].join('.');
}

function parseObject(text: string): { readonly [field: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as { readonly [field: string]: unknown }) : undefined;
  } catch {
    return undefined;
  }
}

function toError({ object, url }: Installation, { code, why, hint }: Failure, status?: number): SecretError {
  const where = URL.canParse(url) ? new URL(url).host : url;
  const shown = status === undefined || status === 0 ? '' : ` (${status})`;
  return new SecretError(code, `${object}: asking ${where} failed${shown}: ${why}`, { object, hint });
}

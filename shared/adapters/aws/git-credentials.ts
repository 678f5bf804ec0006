import type { KeyObject } from 'node:crypto';
import { findByPrefix } from '../../model/url-prefix.ts';
import type { HostCredential } from '../../ports.ts';
import { type GitSecret, parseGitSecret } from './git-secret.ts';
import { createKeptValues } from './kept-values.ts';
import { createSecretTexts, type SecretTextOptions } from './read-secret-text.ts';
import { keepUntilExpiry } from './roles.ts';

/** The secret, by its ARN, for all repositories below an address. */
export type GitCredentialEntry = { readonly urlPrefix: string; readonly secret: string };

/** Makes a token of a GitHub App's installation. */
export type MintInstallationToken = (installation: {
  readonly object: string;
  readonly fields: { readonly url: string; readonly appId: string; readonly installId: string; readonly key: string };
  readonly url: string;
  readonly appId: string;
  readonly installId: string;
  readonly key: KeyObject;
  readonly repositories: readonly string[];
  readonly permissions: { readonly [name: string]: string };
}) => Promise<{ readonly token: string; readonly expiresAt: string }>;

export type GitCredentialsOptions = Omit<SecretTextOptions, 'previousForMs'> & {
  readonly entries: readonly GitCredentialEntry[];
  readonly mint: MintInstallationToken;
};

export type GitCredentials = {
  /**
   * The credential of the longest prefix that covers a repository of Git or of charts, or undefined; SecretError where there is one
   * that cannot be had. `refused` is one that the host does not take: the secret is read again, if that was not done just now.
   */
  credentialFor(
    repoURL: string,
    refused?: HostCredential,
  ): Promise<(HostCredential & { readonly urlPrefix: string }) | undefined>;
  /** What was read and made before is not used again. */
  forget(): void;
};

/** Gives the credential of now; a token is made anew before it ends. */
type Issue = () => Promise<HostCredential>;
type Read = { readonly issue: Issue; readonly readAt: number };

const fields = { url: 'apiUrl', appId: 'appId', installId: 'installationId', key: 'privateKey' };
const keptMs = 5 * 60_000;
/** So that a credential that stays wrong does not cost a reading with each request. */
const readAgainMs = 10_000;

/** Git credentials in Secrets Manager. They stay in memory. */
export function createGitCredentials(options: GitCredentialsOptions): GitCredentials {
  const { entries, mint, keepMs = keptMs } = options;
  const texts = createSecretTexts({ ...options, keepMs: 0 });
  // As long as a secret says the same, its token is good for the rest of its hour.
  const issuers = new Map<string, { readonly text: string; readonly issue: Issue }>();
  const secrets = createKeptValues<Read>(keepMs, async (secret) => {
    const text = await texts.read(secret);
    const known = issuers.get(secret);
    const issue = known?.text === text ? known.issue : toIssue(parseGitSecret(text, secret), secret, mint);
    issuers.set(secret, { text, issue });
    return { issue, readAt: Date.now() };
  });
  const renew = async (secret: string, refused: HostCredential): Promise<HostCredential> => {
    const { issue, readAt } = await secrets.get(secret);
    const current = await issue();
    if (!isSame(current, refused) || Date.now() - readAt < readAgainMs) return current;
    issuers.delete(secret);
    secrets.forget(secret);
    return (await secrets.get(secret)).issue();
  };
  return {
    credentialFor: async (repoURL, refused) => {
      const entry = findByPrefix(entries, repoURL);
      if (entry === undefined) return undefined;
      const { urlPrefix, secret } = entry;
      const found = refused === undefined ? (await secrets.get(secret)).issue() : renew(secret, refused);
      const { username, password } = await found;
      return { urlPrefix, username, password };
    },
    forget: () => {
      issuers.clear();
      secrets.forget();
    },
  };
}

function toIssue(parsed: GitSecret, secret: string, mint: MintInstallationToken): Issue {
  if (parsed.type === 'password') return async () => parsed.credential;
  const { apiUrl, appId, installationId, privateKey } = parsed;
  return keepUntilExpiry(async () => {
    const { token, expiresAt } = await mint({
      object: `Secret ${secret}`,
      fields,
      url: apiUrl,
      appId,
      installId: installationId,
      key: privateKey,
      repositories: [],
      // To read is all that it is for, whatever the App may do.
      permissions: { contents: 'read' },
    });
    return { username: 'x-access-token', password: token, expiration: new Date(expiresAt) };
  });
}

function isSame(one: HostCredential, other: HostCredential): boolean {
  return one.username === other.username && one.password === other.password;
}

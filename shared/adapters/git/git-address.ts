import { Buffer } from 'node:buffer';
import { GitError } from '../../errors.ts';
import { normaliseRepoURL, withoutUserinfo } from '../../model/repo-url.ts';

/** A user name and password (or token) for all repositories below an address such as `https://github.com/my-org`. */
export type GitCredential = { readonly urlPrefix: string; readonly username: string; readonly password: string };

/** A repository's address, taken apart; `shown` is safe to print. */
export type GitAddress = {
  readonly shown: string;
  /** Without userinfo, query and trailing slashes. */
  readonly base: string;
  /** The same for every spelling of the address. */
  readonly key: string;
  readonly credential: GitCredential | undefined;
};

/**
 * Reads a repository's address and finds its credential: a password written in it, else the longest prefix that ends where a part of
 * the path ends, else a lone user name written in it, which may be a token. Anything but http and https is a GitError `git-failed` that says what to write.
 */
export function parseGitAddress(repoURL: string, credentials: readonly GitCredential[]): GitAddress {
  const url =
    /^https?:\/\//i.test(repoURL.trim()) && URL.canParse(repoURL.trim()) ? new URL(repoURL.trim()) : undefined;
  if (url === undefined) throw unsupported(repoURL);
  const [username, password] = [decode(url.username), decode(url.password)];
  const base = withoutUserinfo(url.href).replace(/\/+$/, '');
  const written = { urlPrefix: base, username, password };
  const found = password === '' ? findCredential(base, credentials) : written;
  return {
    shown: base,
    base,
    key: normaliseRepoURL(base),
    credential: found ?? (username === '' ? undefined : written),
  };
}

/**
 * The Authorization header for one hop of a request, or undefined. After a redirect the credential goes along only to the same
 * scheme, host and port, and only below the prefix that it was given for: a repository cannot send it elsewhere.
 */
export function authorizationFor({ credential, base }: GitAddress, hop: URL): string | undefined {
  if (credential === undefined || new URL(base).origin !== hop.origin || !covers(credential, hop.href))
    return undefined;
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`;
}

/** The credential of the longest prefix that covers an address, or undefined. */
export function findCredential(base: string, credentials: readonly GitCredential[]): GitCredential | undefined {
  return credentials
    .filter((credential) => covers(credential, base))
    .sort((a, b) => normaliseRepoURL(b.urlPrefix).length - normaliseRepoURL(a.urlPrefix).length)[0];
}

/** A prefix without a scheme means https, so that no credential crosses the network in clear text by accident. */
function covers({ urlPrefix }: GitCredential, href: string): boolean {
  const scheme = /^http:\/\//i.test(urlPrefix.trim()) ? 'http:' : 'https:';
  const [prefix, target] = [normaliseRepoURL(urlPrefix), normaliseRepoURL(href)];
  if (new URL(href).protocol !== scheme) return false;
  return target === prefix || target.startsWith(`${prefix}/`) || target.startsWith(`${prefix}.git/`);
}

function unsupported(repoURL: string): GitError {
  const shown = withoutUserinfo(repoURL);
  const [, host = '', path = ''] = /^([^/]+)\/(.+)$/.exec(normaliseRepoURL(repoURL)) ?? [];
  const isSsh = /^(ssh|git):\/\//i.test(shown) || /^[^/]*@[^/]*:/.test(shown);
  const hint =
    isSsh && path !== ''
      ? `Write https://${host.replace(/:\d+$/, '')}/${path}.git, with a token as its credential.`
      : undefined;
  return new GitError(
    'git-failed',
    `Git repository ${shown} has no http or https address, which is all that Plumbline reads.`,
    {
      object: shown,
      hint: hint ?? 'Write the address as https://host/path.',
    },
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

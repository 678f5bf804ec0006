import { Buffer } from 'node:buffer';
import { GitError } from '../../errors.ts';
import { normaliseRepoURL, withoutUserinfo } from '../../model/repo-url.ts';
import { covers, findByPrefix } from '../../model/url-prefix.ts';
import type { HostCredential } from '../../ports.ts';

/** A user name and password (or token) for all repositories below an address such as `https://github.com/my-org`. */
export type GitCredential = HostCredential & { readonly urlPrefix: string };

/**
 * Gives the credential for a repository, or undefined where there is none. `refused` is one that it gave before, and that the host
 * does not take: perhaps there is a newer one. Without `urlPrefix` it is for that repository alone.
 */
export type CredentialFor = (
  repoURL: string,
  refused?: HostCredential,
) => Promise<(HostCredential & { readonly urlPrefix?: string }) | undefined>;

/** Where credentials come from: a list, and then whoever knows more. */
export type GitCredentialSources = {
  readonly credentials?: readonly GitCredential[];
  readonly credentialFor?: CredentialFor;
};

/** A repository's address, taken apart; `shown` is safe to print. */
export type GitAddress = {
  readonly shown: string;
  /** Without userinfo, query and trailing slashes. */
  readonly base: string;
  /** The same for every spelling of the address. */
  readonly key: string;
  /** The credential of now; after one was refused, another one only if there is. */
  readonly credential: (refused?: GitCredential) => Promise<GitCredential | undefined>;
};

/**
 * Reads a repository's address and finds its credential: a password written in it, else the longest prefix that ends where a part of
 * the path ends, else a lone user name written in it, which may be a token. Anything but http and https is a GitError `git-failed` that says what to write.
 */
export function parseGitAddress(repoURL: string, sources: GitCredentialSources): GitAddress {
  const url =
    /^https?:\/\//i.test(repoURL.trim()) && URL.canParse(repoURL.trim()) ? new URL(repoURL.trim()) : undefined;
  if (url === undefined) throw unsupported(repoURL);
  const [username, password] = [decode(url.username), decode(url.password)];
  const base = withoutUserinfo(url.href).replace(/\/+$/, '');
  const written = username === '' && password === '' ? undefined : { urlPrefix: base, username, password };
  return {
    shown: base,
    base,
    key: normaliseRepoURL(base),
    credential:
      password === ''
        ? async (refused) => (await findCredential(base, sources, refused)) ?? written
        : async () => written,
  };
}

async function findCredential(
  base: string,
  { credentials = [], credentialFor }: GitCredentialSources,
  refused: GitCredential | undefined,
): Promise<GitCredential | undefined> {
  const listed = findByPrefix(credentials, base);
  if (listed !== undefined || credentialFor === undefined) return listed;
  const found = await credentialFor(base, refused);
  return found && { urlPrefix: base, ...found };
}

/**
 * The Authorization header for one hop of a request, or undefined. After a redirect the credential goes along only to the same
 * scheme, host and port, and only below the prefix that it was given for: a repository cannot send it elsewhere.
 */
export function authorizationFor(
  { base }: GitAddress,
  credential: GitCredential | undefined,
  hop: URL,
): string | undefined {
  if (credential === undefined || new URL(base).origin !== hop.origin || !covers(credential.urlPrefix, hop.href))
    return undefined;
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`;
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

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SecretError } from '../../errors.ts';
import type { Issued } from '../../model/secret-generator.ts';
import { type Conceal, revealSecret, type SecretValue } from '../../model/secret-value.ts';
import type { StoreAccess } from '../../secret-ports.ts';
import { createInstallationTokens, type InstallationTokenOptions } from './installation-tokens.ts';

export type GithubToken = Extract<Issued, { readonly type: 'github-token' }>;

export type GithubIssuerOptions = InstallationTokenOptions & { readonly conceal: Conceal };

export type GithubIssuer = {
  /** A token of a GitHub App's installation, as `token`; SecretError when GitHub gives none. */
  issue(
    spec: GithubToken,
    access: StoreAccess,
  ): Promise<{ readonly values: ReadonlyMap<string, SecretValue>; readonly expiresAt: string }>;
  close(): Promise<void>;
};

const fields = { url: 'url', appId: 'appID', installId: 'installID', key: 'the Secret' };

/** Issues tokens of GitHub Apps. */
export function createGithubIssuer(options: GithubIssuerOptions): GithubIssuer {
  const tokens = createInstallationTokens(options);
  return {
    issue: async (spec, access) => {
      const object = nameOf(spec);
      const { token, expiresAt } = await tokens.mint({ ...spec, object, fields, key: await readKey(spec, access) });
      return { values: new Map([['token', options.conceal(Buffer.from(token))]]), expiresAt };
    },
    close: tokens.close,
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
  const object = nameOf(spec);
  const problem = `${object}: key ${key} of Secret ${name} is no RSA private key in PEM`;
  throw new SecretError('secret-invalid', problem, {
    object,
    hint: 'Put the private key there that GitHub gave for the App, as it is.',
  });
}

function nameOf({ appId, installId }: GithubToken): string {
  return `token of GitHub App ${appId}, installation ${installId}`;
}

import { createHmac } from 'node:crypto';
import type { Delivery, GitProvider } from '../model/push.ts';
import { sameText } from './same-text.ts';
import { hasStandardSignature, isSigningSecret } from './standard-signature.ts';

/**
 * What each Git host signs its deliveries with; several while they are rotated. For Azure DevOps each is `user:password`, for
 * GitLab a secret token, or a signing token `whsec_…`.
 */
export type WebhookSecrets = { readonly [provider in GitProvider]?: readonly string[] };

type Check = (delivery: Delivery, secret: string, now: Date) => boolean;

const checks: { readonly [provider in GitProvider]: Check } = {
  github: isSignedIn('x-hub-signature-256'),
  gitea: ({ headers, body }, secret) => {
    const signature = headers['x-gitea-signature'] ?? headers['x-forgejo-signature'] ?? headers['x-gogs-signature'];
    return signature !== undefined && sameText(signature, hmac(secret, body));
  },
  gitlab: (delivery, secret, now) =>
    isSigningSecret(secret)
      ? hasStandardSignature(delivery, secret, now)
      : sameText(delivery.headers['x-gitlab-token'] ?? '', secret),
  'bitbucket-cloud': isSignedIn('x-hub-signature'),
  'bitbucket-server': isSignedIn('x-hub-signature'),
  'azure-devops': ({ headers }, secret) => {
    const [, credentials = ''] = /^basic +([\w+/=-]+)$/i.exec(headers['authorization'] ?? '') ?? [];
    return sameText(Buffer.from(credentials, 'base64').toString(), secret);
  },
};

export type Verification = { readonly secrets: WebhookSecrets; readonly now: Date };

/**
 * True only when a delivery proves to come from the provider: its signature, over the bytes as they came, or its token fits one
 * of the provider's secrets. Every secret is tried, and compared in constant time. Without a secret nothing is ever verified.
 */
export function verifyDelivery(delivery: Delivery, provider: GitProvider, { secrets, now }: Verification): boolean {
  const results = (secrets[provider] ?? []).map((secret) => secret !== '' && checks[provider](delivery, secret, now));
  return results.includes(true);
}

/** The form that GitHub began and Bitbucket took over: `sha256=` and the HMAC in hexadecimal digits. */
function isSignedIn(header: string): Check {
  return ({ headers, body }, secret) => {
    const signature = headers[header];
    return signature !== undefined && sameText(signature, `sha256=${hmac(secret, body)}`);
  };
}

function hmac(secret: string, body: Uint8Array): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Delivery, GitProvider } from '../../../shared/model/push.ts';
import { type Receipt, readDelivery } from '../../../shared/webhook/read-delivery.ts';
import type { WebhookSecrets } from '../../../shared/webhook/verify.ts';

const folder = join(import.meta.dirname, '../../fixtures/webhooks');

export type Recorded = {
  readonly headers: { readonly [name: string]: string };
  readonly payload: { readonly [field: string]: unknown };
};

/** The names of all deliveries in the fixtures, such as `github-push`. */
export const recordedNames: readonly string[] = readdirSync(folder).map((name) => name.replace('.json', ''));

/** A delivery as its host documents it, not signed yet. */
export function recorded(name: string): Recorded {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
}

export const now: Date = new Date('2026-03-04T09:12:00Z');

/** Signing key of 32 bytes, as GitLab makes them. */
export const signingToken: string = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;

/** The request that a host would send: the recorded headers, the body, and the proof that it holds the secret. */
export function signed(name: string, secret: string, body: string | Uint8Array = bodyOf(name)): Delivery {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const { headers } = recorded(name);
  return { headers: { ...headers, ...proofs[providerOf(name)](bytes, secret, headers) }, body: bytes };
}

export function bodyOf(name: string): string {
  return JSON.stringify(recorded(name).payload);
}

/** One change of a payload: a path such as `commits.0.id`, and what is there then; undefined: nothing. */
export type Edit = readonly [path: string, value: unknown];

/** The recorded body with one change. */
export function edited(name: string, [path, value]: Edit): string {
  const { payload } = recorded(name);
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const target = steps.reduce<object>((at, step) => Reflect.get(at, step), payload);
  Reflect.set(target, last, value);
  return JSON.stringify(payload);
}

/** The host that the name of a recorded delivery begins with. */
export function providerOf(name: string): GitProvider {
  const [first = '', second = ''] = name.split('-');
  if (first === 'forgejo' || first === 'gogs') return 'gitea';
  return (['bitbucket', 'azure'].includes(first) ? `${first}-${second}` : first) as GitProvider;
}

/** GitLab's signature of a time of its own choice. */
export function standardProof(body: Uint8Array, secret: string, time: Date): { readonly [name: string]: string } {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const seconds = Math.floor(time.getTime() / 1000);
  const id = '1a2b3c4d-0000-4111-8222-333344445555';
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': `${seconds}`, 'webhook-signature': `v1,${signature}` };
}

type Proof = (body: Uint8Array, secret: string, headers: Recorded['headers']) => { readonly [name: string]: string };

const proofs: { readonly [provider in GitProvider]: Proof } = {
  github: (body, secret) => ({ 'x-hub-signature-256': `sha256=${hmac(body, secret)}` }),
  gitea: (body, secret, headers) => {
    const kin = ['gitea', 'forgejo', 'gogs'].filter((name) => `x-${name}-event` in headers);
    return {
      ...Object.fromEntries(kin.map((name) => [`x-${name}-signature`, hmac(body, secret)])),
      'x-hub-signature-256': `sha256=${hmac(body, secret)}`,
    };
  },
  gitlab: (body, secret) =>
    secret.startsWith('whsec_') ? standardProof(body, secret, now) : { 'x-gitlab-token': secret },
  'bitbucket-cloud': (body, secret) => ({ 'x-hub-signature': `sha256=${hmac(body, secret)}` }),
  'bitbucket-server': (body, secret) => ({ 'x-hub-signature': `sha256=${hmac(body, secret)}` }),
  'azure-devops': (_body, secret) => ({ authorization: `Basic ${Buffer.from(secret).toString('base64')}` }),
};

function hmac(body: Uint8Array, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

/** The secret of every Git host in these tests, in a form that each of them takes. */
export const secret: string = 'ada:s3cr3t-hunter2';

/** For every Git host. */
const secrets: WebhookSecrets = {
  github: [secret],
  gitlab: [secret],
  gitea: [secret],
  'bitbucket-cloud': [secret],
  'bitbucket-server': [secret],
  'azure-devops': [secret],
};

/** The answer to whoever cannot prove who they are. */
export const unverified: Receipt = { status: 401, message: 'unknown sender, or wrong signature or token' };

/** What becomes of a delivery. */
export function read(delivery: Delivery): Receipt {
  return readDelivery(delivery, secrets, now);
}

import { createHmac } from 'node:crypto';
import type { Delivery } from '../model/push.ts';
import { sameText } from './same-text.ts';

const prefix = 'whsec_';
const toleranceSeconds = 5 * 60;
/** While its own key is rotated a sender signs with each; more than a few is no sender's doing. */
const maxSignatures = 10;

/** True for a secret that signs, such as GitLab's signing token; any other is sent as it is. */
export function isSigningSecret(secret: string): boolean {
  return secret.startsWith(prefix);
}

/** The key in a signing secret: base64 after `whsec_`. Undefined: it is no such secret, or shorter than 16 bytes. */
export function signingKeyOf(secret: string): Uint8Array | undefined {
  const text = secret.slice(prefix.length);
  const usable = isSigningSecret(secret) && /^[A-Za-z\d+/]+={0,2}$/.test(text);
  const key = Buffer.from(usable ? text : '', 'base64');
  return key.length < 16 ? undefined : key;
}

/**
 * True for a delivery signed as in Standard Webhooks (standardwebhooks.com), which GitLab's signing tokens follow: one of the
 * `v1` signatures is right over id, time and body, and the time is within 5 minutes of `now`.
 */
export function hasStandardSignature({ headers, body }: Delivery, secret: string, now: Date): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  const key = signingKeyOf(secret);
  if (key === undefined || id === undefined || timestamp === undefined || signatures === undefined) return false;
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > toleranceSeconds) return false;
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  const results = signatures.split(' ', maxSignatures).map((given) => sameText(given, `v1,${expected}`));
  return results.includes(true);
}

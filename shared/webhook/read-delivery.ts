import { type Delivery, maxDeliveryBytes, type Push } from '../model/push.ts';
import { identifyProvider } from './identify-provider.ts';
import { parsePush } from './parse-push.ts';
import { verifyDelivery, type WebhookSecrets } from './verify.ts';

/** The answer to a delivery, as an HTTP status and one short sentence, and the push if there is one to look after. */
export type Receipt = {
  readonly status: 200 | 202 | 400 | 401 | 413 | 415;
  readonly message: string;
  readonly push?: Push;
};

/** The same for whoever cannot prove who they are, so that nobody learns which hosts have a secret here. */
const unverified: Receipt = { status: 401, message: 'unknown sender, or wrong signature or token' };

/**
 * Decides on a delivery: who sent it, whether it is small enough, whether the sender can prove it, and only then what it says.
 * 202 has a push with refs; everything else asks for nothing. Never throws, and no message repeats what was sent.
 */
export function readDelivery(delivery: Delivery, secrets: WebhookSecrets, now: Date): Receipt {
  const provider = identifyProvider(delivery.headers);
  if (provider === undefined) return unverified;
  if (delivery.body.length > maxDeliveryBytes) return { status: 413, message: 'the body is larger than 6 MB' };
  if (!verifyDelivery(delivery, provider, { secrets, now })) return unverified;
  if (!isJson(delivery.headers['content-type'])) {
    return { status: 415, message: "choose application/json as content type in the webhook's settings" };
  }
  const read = parsePush(provider, delivery);
  if ('malformed' in read) return { status: 400, message: read.malformed };
  if (read.push.refs.length === 0) return { status: 200, message: 'nothing to do: no branch or tag has moved' };
  return { status: 202, message: 'accepted', push: read.push };
}

function isJson(contentType = ''): boolean {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
}

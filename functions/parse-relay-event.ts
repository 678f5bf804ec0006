import * as z from 'zod';
import type { Json } from '../shared/model/json.ts';
import type { SecretEvent } from '../shared/model/secret-event.ts';
import { parseSecretEvent } from '../shared/secrets/events/parse-secret-event.ts';

/** What those are asked who pass on: by a queue, by an event of a secret, or by the clock. */
export type RelayEvent =
  | { readonly is: 'outbox' }
  | { readonly is: 'secret'; readonly event: SecretEvent; readonly id: string; readonly origin: string }
  | { readonly is: 'register' };

const queued = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });
const bridged = z.object({ id: z.string(), source: z.string(), 'detail-type': z.string() });

/** Tells by its form what an event asks for; one of a secret that changes no value asks for nothing but what the clock asks for. */
export function parseRelayEvent(event: unknown): RelayEvent {
  if (queued.safeParse(event).success) return { is: 'outbox' };
  const { data } = bridged.safeParse(event);
  const secret = data === undefined ? undefined : parseSecretEvent(event as Json);
  if (data === undefined || secret === undefined) return { is: 'register' };
  return { is: 'secret', event: secret, id: data.id, origin: `event ${data.id} of ${data.source}` };
}

import type { SecretEvent } from '../../model/secret-event.ts';
import { concernedBySecret } from '../../plan/secrets/concerned-by-secret.ts';
import type { Queue } from '../../queue-ports.ts';
import type { KeptStore } from '../../state/kept-state.ts';
import { loadFollowed } from './declarations.ts';
import { sendFollows } from './send-follows.ts';

/** Has the secrets read again of all applications that read this one; gives how many those are. `id` is the event's own. */
export async function relaySecretEvent(
  event: SecretEvent,
  { id, origin }: { readonly id: string; readonly origin: string },
  ports: KeptStore & { readonly syncQueue: (zone: string) => Queue },
): Promise<number> {
  const { store, kept } = ports;
  const [heads, followed] = await Promise.all([kept.heads.load(store), loadFollowed(ports)]);
  const concerned = concernedBySecret(
    [...heads.found.values()].map(({ head }) => head),
    event,
  );
  await sendFollows(
    concerned.map((application) => ({
      application,
      destination: followed.get(application)?.declared.application.destination,
      id: `secret ${application} ${id}`,
      cause: 'secret',
      origin,
    })),
    ports,
  );
  return concerned.length;
}

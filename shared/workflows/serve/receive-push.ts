import type { Delivery, Push } from '../../model/push.ts';
import type { Clock, Reporter } from '../../ports.ts';
import { identifyProvider } from '../../webhook/identify-provider.ts';
import { readDelivery } from '../../webhook/read-delivery.ts';
import type { WebhookSecrets } from '../../webhook/verify.ts';

export type Receiving = {
  readonly secrets: WebhookSecrets;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** Where a push goes that is to be looked after; whoever takes it reads the refs again. */
  readonly put: (push: Push) => void | Promise<void>;
};

/** Takes a webhook's delivery in: checked, put where pushes wait, and answered. Nobody waits for a sync here. */
export async function receivePush(
  delivery: Delivery,
  { secrets, clock, reporter, put }: Receiving,
): Promise<{ readonly status: number; readonly message: string }> {
  const { status, message, push } = readDelivery(delivery, secrets, clock.now());
  if (status >= 400) tellRefused(delivery, { status, message }, reporter);
  if (push === undefined) return { status, message };
  await put(push);
  reporter.report({ type: 'notice', level: 'info', message: `heard of a push: ${describe(push)}` });
  return { status, message };
}

/** A secret that does not fit shows here too, and not at the Git host alone; nothing of what was sent is repeated. */
function tellRefused(
  { headers }: Delivery,
  { status, message }: { readonly status: number; readonly message: string },
  reporter: Reporter,
): void {
  const from = identifyProvider(headers) ?? 'no known Git host';
  reporter.report({ type: 'notice', level: 'warning', message: `refused a webhook (${from}, ${status}): ${message}` });
}

const mostRefs = 3;

/** All of it comes from a sender that has proved who it is; yet it may be long. */
function describe({ provider, repoURLs, refs, delivery }: Push): string {
  const named = refs.slice(0, mostRefs).map(({ name, deleted }) => (deleted ? `${name} (deleted)` : name));
  const more = refs.length > mostRefs ? ` and ${refs.length - mostRefs} more` : '';
  const id = delivery === undefined ? '' : `, delivery ${delivery}`;
  return `${repoURLs[0] ?? ''} ${named.join(', ')}${more} (${provider}${id})`.slice(0, 300);
}

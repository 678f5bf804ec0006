// Needed by every invocation: while a function starts, it has whole processors for loading them.
import '../../shared/adapters/aws/clients/secrets-manager-calls.ts';
import '../../shared/adapters/aws/clients/sqs-calls.ts';
import { createSecretTexts } from '../../shared/adapters/aws/read-secret-text.ts';
import { createSqsQueue } from '../../shared/adapters/aws/sqs-queue.ts';
import { systemClock } from '../../shared/adapters/local/clock.ts';
import type { Clock } from '../../shared/ports.ts';
import type { Queue } from '../../shared/queue-ports.ts';
import { parseWebhookSecrets } from '../../shared/webhook/parse-secrets.ts';
import type { WebhookSecrets } from '../../shared/webhook/verify.ts';
import { settingsOf } from '../runtime.ts';

const settings = settingsOf('webhook');
const texts = createSecretTexts();

/** All that the public edge reaches: a queue, and the secret of the webhooks. */
export const edge: { readonly renderQueue: Queue; readonly clock: Clock; secrets(): Promise<WebhookSecrets> } = {
  renderQueue: createSqsQueue({ url: settings.PLUMB_RENDER_QUEUE }),
  clock: systemClock,
  // While a secret is rotated, the one before is good too.
  secrets: async () => {
    const versions = await texts.readWithPrevious(settings.PLUMB_WEBHOOK_SECRET);
    return versions
      .map((text) => parseWebhookSecrets(text, settings.PLUMB_WEBHOOK_SECRET))
      .reduce((all, more) => merge(all, more));
  },
};

function merge(one: WebhookSecrets, other: WebhookSecrets): WebhookSecrets {
  const providers = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof WebhookSecrets>;
  return Object.fromEntries(
    [...providers].map((provider) => [provider, [...(one[provider] ?? []), ...(other[provider] ?? [])]]),
  );
}

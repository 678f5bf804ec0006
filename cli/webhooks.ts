import type { WebhookServer } from '../shared/adapters/local/webhook-server.ts';
import { messageOf, PlumbError } from '../shared/errors.ts';
import type { Ports } from '../shared/ports.ts';
import type { PushInbox } from '../shared/workflows/serve/push-inbox.ts';

/** Where webhooks are taken in, and the file of their secrets. */
export type WebhookFlags = { readonly webhookListen?: string; readonly webhookSecrets?: string };

/** Takes webhooks in for `plumb serve` and puts their pushes into the inbox; undefined when nobody asked for that. */
export async function openWebhooks(
  { webhookListen, webhookSecrets }: WebhookFlags,
  inbox: PushInbox,
  ports: Pick<Ports, 'clock' | 'reporter'>,
): Promise<WebhookServer | undefined> {
  if (webhookListen === undefined && webhookSecrets === undefined) return undefined;
  if (webhookListen === undefined || webhookSecrets === undefined) throw incomplete();
  const address = parseListenAddress(webhookListen);
  const [{ startWebhookServer }, { receivePush }, { readWebhookSecrets }] = await Promise.all([
    import('../shared/adapters/local/webhook-server.ts'),
    import('../shared/workflows/serve/receive-push.ts'),
    import('./webhook-secrets.ts'),
  ]);
  const secrets = await readWebhookSecrets(webhookSecrets);
  const { clock, reporter } = ports;
  return startWebhookServer({
    ...address,
    receive: (delivery) => receivePush(delivery, { secrets, clock, reporter, put: (push) => inbox.put(push) }),
    onError: (error) => reporter.report({ type: 'notice', level: 'error', message: `webhook: ${messageOf(error)}` }),
  });
}

/** Reads `HOST:PORT`, `[IPv6]:PORT`, or `:PORT` and `PORT` for this machine alone. */
export function parseListenAddress(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, written = ''] =
    /^(?:(?:\[([\da-f:.]+)\]|([^\s:/[\]]*)):)?(\d{1,5})$/i.exec(text.trim()) ?? [];
  const port = Number(written);
  if (written === '' || port > 65_535)
    throw new PlumbError('usage', `--webhook-listen: "${text}" is not an address to listen on`, {
      hint: 'write it like 127.0.0.1:8080, or 0.0.0.0:8080 for all addresses of this machine',
    });
  return { host: bracketed ?? (plain || '127.0.0.1'), port };
}

function incomplete(): PlumbError {
  return new PlumbError('usage', '--webhook-listen and --webhook-secrets belong together', {
    hint: 'a webhook without a secret would let anybody cause work; docs/webhooks.md says how to set both up',
  });
}

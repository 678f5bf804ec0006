import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Delivery, Push } from '../shared/model/push.ts';
import type { Clock, Reporter } from '../shared/ports.ts';
import type { Queue } from '../shared/queue-ports.ts';
import type { WebhookSecrets } from '../shared/webhook/verify.ts';
import { receivePush } from '../shared/workflows/serve/receive-push.ts';

const schema = z.object({
  headers: z.record(z.string(), z.string().optional()).default({}),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({ requestId: z.string().default('unknown') }).prefault({}),
});

export type Receiving = {
  readonly renderQueue: Queue;
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly secrets: () => Promise<WebhookSecrets>;
};

export type Received = { readonly status: number; readonly message: string; readonly queued: number };

/** What is answered to a request of the HTTP API, once the push that it tells of is queued. */
export async function receiveWebhook(event: unknown, ports: Receiving): Promise<Received> {
  const parsed = schema.safeParse(event);
  if (!parsed.success) return { status: 400, message: 'not a request of the HTTP API', queued: 0 };
  const { requestId } = parsed.data.requestContext;
  let queued = 0;
  const put = async (push: Push): Promise<void> => {
    if (push.refs.length === 0) return;
    await ports.renderQueue.send([toLook(push, requestId)]);
    queued = 1;
  };
  const answer = await receivePush(toDelivery(parsed.data), { ...ports, secrets: await ports.secrets(), put });
  return { ...answer, queued };
}

function toDelivery({ headers, body, isBase64Encoded }: z.infer<typeof schema>): Delivery {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { headers: Object.fromEntries(lower), body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') };
}

/** A delivery that comes twice is one message. */
function toLook({ provider, repoURLs, delivery }: Push, requestId: string): Parameters<Queue['send']>[0][number] {
  const origin = `${provider} delivery ${delivery ?? requestId}`;
  const group = createHash('sha256')
    .update([...repoURLs].sort().join(' '))
    .digest('hex');
  return { group, id: `${origin} ${group}`, message: { job: { work: 'look', repoURLs }, origin } };
}

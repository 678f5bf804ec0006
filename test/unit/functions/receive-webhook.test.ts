import { describe, expect, it } from '@jest/globals';
import { receiveWebhook } from '../../../functions/receive-webhook.ts';
import type { Delivery } from '../../../shared/model/push.ts';
import type { Progress } from '../../../shared/ports.ts';
import type { Queued } from '../../../shared/queue-ports.ts';
import { bodyOf, edited, now, signed } from '../webhook/deliveries.ts';

const secret = 'a secret of the tests';

/** A request as the HTTP API hands it over. */
function eventOf({ headers, body }: Delivery, more: object = {}): object {
  return {
    version: '2.0',
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value])),
    body: Buffer.from(body).toString('utf8'),
    isBase64Encoded: false,
    requestContext: { requestId: 'request-1', http: { method: 'POST' } },
    ...more,
  };
}

const inBase64 = (delivery: Delivery, more: object = {}): object =>
  eventOf(delivery, { body: Buffer.from(delivery.body).toString('base64'), isBase64Encoded: true, ...more });

function edge(given: { readonly send?: () => Promise<void> } = {}) {
  const sent: Queued[] = [];
  const said: Progress[] = [];
  const ports = {
    renderQueue: { send: given.send ?? (async (messages: readonly Queued[]) => void sent.push(...messages)) },
    clock: { now: () => now, sleep: async () => {} },
    reporter: { report: (event: Progress) => void said.push(event) },
    secrets: async () => ({ github: [secret], gitea: [secret] }),
  };
  return { sent, said, receive: (event: unknown) => receiveWebhook(event, ports) };
}

describe('A webhook', () => {
  it('of a push is queued as a look at its repository, and answered with 202', async () => {
    const { sent, receive } = edge();
    const delivery = signed('github-push', secret);
    expect(await receive(eventOf(delivery))).toEqual({ status: 202, message: 'accepted', queued: 1 });
    const id = delivery.headers['x-github-delivery'];
    expect(sent).toHaveLength(1);
    expect(sent[0]?.message).toMatchObject({ job: { work: 'look' }, origin: `github delivery ${id}` });
    expect(sent[0]?.message.job).toHaveProperty('repoURLs');
  });

  it('is checked over the bytes that were sent, in whatever form they come', async () => {
    const body = Buffer.from(bodyOf('github-push').replace('{', '{  "note": "Grüße, 世界 \\u0000",\n'));
    const delivery = signed('github-push', secret, body);
    const { sent, receive } = edge();
    expect(await receive(inBase64(delivery))).toMatchObject({ status: 202 });
    expect(await receive(eventOf(delivery))).toMatchObject({ status: 202 });
    expect(sent).toHaveLength(2);
    const changed = { ...delivery, body: Buffer.concat([delivery.body, Buffer.from(' ')]) };
    expect(await receive(inBase64(changed))).toMatchObject({ status: 401, queued: 0 });
    expect(sent).toHaveLength(2);
  });

  it('that comes twice has one id, whoever delivers it', async () => {
    const { sent, receive } = edge();
    const delivery = signed('github-push', secret);
    await receive(eventOf(delivery));
    await receive(inBase64(delivery, { requestContext: { requestId: 'request-2' } }));
    expect(sent[1]).toEqual(sent[0]);
  });

  it('of another push has another id, and that of one repository the same group', async () => {
    const { sent, receive } = edge();
    const delivery = signed('github-push', secret);
    await receive(eventOf(delivery));
    await receive(eventOf({ ...delivery, headers: { ...delivery.headers, 'x-github-delivery': 'another' } }));
    expect(sent[1]?.group).toBe(sent[0]?.group);
    expect(sent[1]?.id).not.toBe(sent[0]?.id);
  });

  it('without an id of its own goes by that of the request', async () => {
    const { sent, receive } = edge();
    const { headers, body } = signed('github-push', secret);
    const { 'x-github-delivery': _id, ...others } = headers;
    await receive(eventOf({ headers: others, body }));
    expect(sent[0]?.message.origin).toBe('github delivery request-1');
  });

  it('of a ping is answered, and nothing is queued', async () => {
    const { sent, receive } = edge();
    const { headers, body } = signed('github-push', secret);
    const ping = { headers: { ...headers, 'x-github-event': 'ping' }, body };
    expect(await receive(eventOf(ping))).toMatchObject({ status: 200, queued: 0 });
    expect(sent).toEqual([]);
  });

  it.each<[string, unknown, number]>([
    ['with a wrong signature', eventOf(signed('github-push', 'another secret')), 401],
    ['of nobody known', eventOf({ headers: {}, body: Buffer.from('{}') }), 401],
    ['of another shape', eventOf(signed('github-push', secret, edited('github-push', ['ref', 7]))), 400],
    ['without a body', { headers: {}, requestContext: {} }, 401],
    ['that is no request', 'hello', 400],
    ['whose headers are none', { headers: [1], body: 7 }, 400],
  ])('%s is refused, and nothing is queued', async (_what, event, status) => {
    const { sent, receive } = edge();
    expect(await receive(event)).toMatchObject({ status, queued: 0 });
    expect(sent).toEqual([]);
  });

  it('is no answer at all while the queue does not take it, so that the host tries again', async () => {
    const { receive } = edge({ send: () => Promise.reject(new Error('throttled')) });
    await expect(receive(eventOf(signed('github-push', secret)))).rejects.toThrow('throttled');
  });
});

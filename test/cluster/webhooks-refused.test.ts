import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Delivery } from '../../shared/model/push.ts';
import { configMap } from '../support/manifests.ts';
import { openWebhookBed, type WebhookBed } from '../support/webhook-bed.ts';

let bed: WebhookBed;
let good: Delivery;
let before: readonly string[];
beforeAll(async () => {
  bed = await openWebhookBed();
  await bed.repository('shop', { 'one/a.yaml': configMap('one', { v: '1' }) });
  bed.declare('one', { repository: 'shop' });
  await bed.serve();
  await bed.engine.git.commit('shop', { files: { 'one/a.yaml': configMap('one', { v: '2' }) } });
  await bed.arrives('one', '2');
  await bed.rest();
  const [delivery] = bed.deliveries();
  if (delivery === undefined) throw new Error('nothing was delivered');
  good = delivery;
  before = await bed.state();
});
afterAll(() => bed.close());

/** A delivery like the good one, with other bytes or headers; signed anew when it says so. */
async function hostile(change: Partial<Delivery>): Promise<Delivery> {
  return { headers: { ...good.headers, ...change.headers }, body: change.body ?? good.body };
}

async function signedAnew(body: Uint8Array, headers: Delivery['headers'] = {}): Promise<Delivery> {
  return hostile({ body, headers: { ...headers, 'x-gitea-signature': bed.sign(body) } });
}

const text = (body: string): Uint8Array => new TextEncoder().encode(body);

function payload(change: Readonly<Record<string, unknown>>): Uint8Array {
  return text(JSON.stringify({ ...JSON.parse(new TextDecoder().decode(good.body)), ...change }));
}

describe('Nothing happens but a short answer after', () => {
  const far = { clone_url: 'https://git.example/elsewhere.git', html_url: '', ssh_url: '', default_branch: 'main' };
  const rows: readonly (readonly [what: string, make: () => Promise<Delivery>, status: number])[] = [
    ['a wrong signature', () => hostile({ headers: { 'x-gitea-signature': '0'.repeat(64) } }), 401],
    ['a body that is not the signed one', () => hostile({ body: payload({ ref: 'refs/heads/dev' }) }), 401],
    [
      'a host without a secret here',
      () => hostile({ headers: { 'x-gitea-event': undefined, 'x-gogs-event': undefined } }),
      401,
    ],
    ['a repository that nobody follows', () => signedAnew(payload({ repository: far })), 202],
    ['a branch that nobody follows', () => signedAnew(payload({ ref: 'refs/heads/nobody' })), 202],
    ['malformed JSON', () => signedAnew(text('{"ref": "refs/heads/main"')), 400],
    ['JSON that is nested 100,000 deep', () => signedAnew(text('['.repeat(100_000))), 400],
    ['JSON of another shape', () => signedAnew(payload({ repository: 'shop' })), 400],
    ['an empty body', () => signedAnew(text('')), 400],
    [
      'a form in place of JSON',
      () => signedAnew(good.body, { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
    ],
    ['a body of more than 6 MB', () => signedAnew(payload({ more: 'x'.repeat(6 * 1024 * 1024) })), 413],
    ['another event', () => signedAnew(good.body, { 'x-gitea-event': 'issues' }), 200],
  ];
  it.each(rows)('%s', async (_what, make, status) => {
    bed.forget();
    expect(await bed.send(await make())).toBe(status);
    await bed.rest();
    expect(bed.probes()).toEqual([]);
    expect(bed.engine.git.requests()).toEqual([]);
    expect(await bed.state()).toEqual(before);
  });

  it('requests that are no deliveries', async () => {
    bed.forget();
    const statuses = await Promise.all([
      fetch(bed.url).then(({ status }) => status),
      fetch(bed.url, { method: 'PUT', body: Buffer.from(good.body) }).then(({ status }) => status),
      fetch(bed.url.replace('/webhook', '/'), { method: 'POST', body: 'x' }).then(({ status }) => status),
      fetch(bed.url, { method: 'POST', body: 'x' }).then(({ status }) => status),
    ]);
    expect(statuses).toEqual([405, 405, 404, 401]);
    await bed.rest();
    expect(bed.engine.git.requests()).toEqual([]);
    expect(await bed.state()).toEqual(before);
  });

  it('and a good delivery is still heard of afterwards', async () => {
    await bed.engine.git.commit('shop', { files: { 'one/a.yaml': configMap('one', { v: '3' }) } });
    await bed.arrives('one', '3');
  });
});

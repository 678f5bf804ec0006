import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { lookAtWebhook } from '../../../../../shared/adapters/aws/look/webhook.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(
  answer: (method: string | undefined) => { readonly status: number; readonly body: string } | undefined,
) {
  const own = createServer((request, response) => {
    const given = answer(request.method);
    if (given !== undefined) response.writeHead(given.status).end(given.body);
  });
  server = own;
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(own.address() as AddressInfo).port}/webhook`;
}

describe('a webhook', () => {
  it('answers what is not signed', async () => {
    const url = await serve((method) => ({ status: method === 'POST' ? 401 : 405, body: 'unknown sender' }));
    expect(await lookAtWebhook(url)).toEqual({
      answered: true,
      status: 401,
      body: 'unknown sender',
      ms: expect.any(Number),
    });
  });

  it('is not heard of in time, or not there', async () => {
    const url = await serve(() => undefined);
    expect(await lookAtWebhook(url, 50)).toEqual({ answered: false, why: 'it did not answer in time' });
    server?.closeAllConnections();
    server?.close();
    expect(await lookAtWebhook(url)).toEqual({ answered: false, why: 'ECONNREFUSED' });
  });
});

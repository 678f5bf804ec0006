import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { S3Store } from '../../../../shared/adapters/aws/s3-store.ts';
import { failureOf } from '../../../support/failure-of.ts';

let close = (): void => {};
afterEach(() => {
  delete process.env['AWS_ENDPOINT_URL'];
  close();
});

/** A store whose S3 answers as is told. */
async function serve(answer: (response: ServerResponse, url: string) => void): Promise<S3Store> {
  const server = createServer((request, response) => answer(response, request.url ?? ''));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new S3Store({
    bucket: 'state',
    region: 'us-east-1',
    credentials: async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret' }),
    // Long enough for a busy machine to get a request to the server at all.
    timeoutMs: 500,
    attempts: { retries: 1, intervalMs: 1 },
  });
}

describe('S3 that hangs', () => {
  it.each([
    ['before it answers', () => {}],
    [
      'in the middle of an object',
      (response: ServerResponse) => {
        response.writeHead(200, { etag: '"1"', 'content-length': '10' });
        response.write('12345');
      },
    ],
  ])('%s is left after the time-out, twice', async (_, answer) => {
    let asked = 0;
    const store = await serve((response) => {
      asked += 1;
      answer(response);
    });
    expect(await failureOf(store.get('a'))).toMatchObject({
      code: 'store-unusable',
      retryable: true,
      message: expect.stringMatching(/^Cannot read a in s3:\/\/state: AWS does not answer s3:GetObject/),
    });
    expect(asked).toBe(2);
  });

  it('once is asked again', async () => {
    let asked = 0;
    const store = await serve((response) => {
      asked += 1;
      if (asked > 1) response.writeHead(200, { etag: '"1"' }).end('1');
    });
    expect(await store.get('a')).toEqual({ body: new Uint8Array(Buffer.from('1')), etag: '"1"' });
  });
});

describe('the clock of this machine', () => {
  it('is corrected by what AWS says when it refuses a request for it', async () => {
    const seen = new Set<string>();
    const store = await serve((response, url) => {
      if (!seen.has(url)) {
        seen.add(url);
        response.writeHead(403, { date: new Date(Date.now() + 3_600_000).toUTCString() });
        response.end('<Error><Code>RequestTimeTooSkewed</Code><Message>x</Message></Error>');
        return;
      }
      response.writeHead(200, { etag: '"1"' }).end('1');
    });
    expect(await store.get('a')).toMatchObject({ etag: '"1"' });
  });
});

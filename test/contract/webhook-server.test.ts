import { once } from 'node:events';
import { Agent, request as httpRequest, type RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  startWebhookServer,
  type WebhookServer,
  type WebhookServerOptions,
} from '../../shared/adapters/local/webhook-server.ts';
import type { Delivery } from '../../shared/model/push.ts';
import { readDelivery } from '../../shared/webhook/read-delivery.ts';
import { bodyOf, now, signed } from '../unit/webhook/deliveries.ts';

const limit = 6 * 1024 * 1024;
const servers: WebhookServer[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

type Bed = { readonly server: WebhookServer; readonly taken: Delivery[]; readonly errors: unknown[] };

/** A server that accepts everything and keeps what it was given. */
async function start(options: Partial<WebhookServerOptions> = {}): Promise<Bed> {
  const taken: Delivery[] = [];
  const errors: unknown[] = [];
  const receive = (delivery: Delivery): { status: number; message: string } => {
    taken.push(delivery);
    return { status: 202, message: 'accepted' };
  };
  const onError = (error: unknown): void => void errors.push(error);
  const server = await startWebhookServer({ host: '127.0.0.1', port: 0, receive, onError, ...options });
  servers.push(server);
  return { server, taken, errors };
}

type Answer = {
  readonly status: number;
  readonly text: string;
  readonly headers: { readonly [name: string]: unknown };
};

async function send(url: string, options: RequestOptions, body: string | Uint8Array = ''): Promise<Answer> {
  const outgoing = httpRequest(url, { method: 'POST', ...options });
  // What is refused early may be cut off while it is still being written.
  outgoing.on('error', () => {});
  outgoing.end(body);
  const [response] = await once(outgoing, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, text, headers: response.headers };
}

/** A connection on which anything can be written; `answer` is all that came when the server has ended it. */
function open({ server }: Bed): { readonly socket: Socket; readonly answer: Promise<string> } {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.on('error', () => {});
  const { promise, resolve } = Promise.withResolvers<string>();
  socket.once('close', () => resolve(text));
  return { socket, answer: promise };
}

const head = (length: number | string): string =>
  `POST /webhook HTTP/1.1\r\nhost: plumb\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

const chunked = 'POST /webhook HTTP/1.1\r\nhost: plumb\r\ntransfer-encoding: chunked\r\n\r\n';
const piece = `100000\r\n${'a'.repeat(0x100000)}\r\n`;

describe('the webhook server', () => {
  it('hands over headers in lower case and the bytes as they came, and gives the answer back', async () => {
    const bed = await start();
    const body = Uint8Array.from({ length: 300_000 }, (_, at) => at % 256);
    const answer = await send(bed.server.url, { headers: { 'X-GitHub-Event': 'push', 'X-Twice': ['a', 'b'] } }, body);
    expect(answer).toMatchObject({ status: 202, text: 'accepted\n', headers: { 'x-content-type-options': 'nosniff' } });
    expect(bed.taken).toHaveLength(1);
    expect(bed.taken[0]?.headers).toMatchObject({ 'x-github-event': 'push', 'x-twice': 'a, b' });
    expect(Buffer.from(body).equals(bed.taken[0]?.body ?? new Uint8Array())).toBe(true);
  });

  it('says that it is well', async () => {
    const { server } = await start();
    const { href } = new URL('/healthz', server.url);
    expect(await send(href, { method: 'GET' })).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await send(href, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  it.each([
    ['GET', '/webhook', 405, 'POST'],
    ['HEAD', '/webhook', 405, 'POST'],
    ['PUT', '/webhook', 405, 'POST'],
    ['POST', '/healthz', 405, 'GET'],
    ['POST', '/', 404, undefined],
    ['POST', '/webhook/', 404, undefined],
    ['GET', '/constructor', 404, undefined],
  ])('does not answer %s %s', async (method, path, status, allow) => {
    const bed = await start();
    const answer = await send(new URL(path, bed.server.url).href, { method }, method === 'GET' ? '' : '{"hunter2":1}');
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ connection: 'close' });
    expect(answer.headers['allow']).toBe(allow);
    expect(answer.text).not.toContain('hunter2');
    expect(bed.taken).toEqual([]);
  });

  it('takes a body of 6 MB', async () => {
    const bed = await start();
    expect(await send(bed.server.url, {}, Buffer.alloc(limit, 'a'))).toMatchObject({ status: 202 });
    expect(bed.taken[0]?.body).toHaveLength(limit);
  });

  it('refuses a larger one by its length, before a byte of it has come', async () => {
    const bed = await start();
    const { socket, answer } = open(bed);
    socket.write(head(limit + 1));
    expect(await answer).toMatch(/^HTTP\/1.1 413 [\s\S]*\r\n\r\nthe body is larger than 6 MB\n$/);
    expect(bed.taken).toEqual([]);
  });

  it('refuses a larger one without a length as soon as it is too large', async () => {
    const bed = await start();
    const { socket, answer } = open(bed);
    socket.write(chunked);
    socket.write(piece.repeat(7));
    expect(await answer).toMatch(/^HTTP\/1.1 413 /);
    expect(bed.taken).toEqual([]);
  });

  it('ends the connection of one that has no end', async () => {
    const bed = await start();
    const { socket, answer } = open(bed);
    const write = (): void => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', write);
    socket.write(chunked, write);
    await answer;
    expect(bed.taken).toEqual([]);
    expect(bed.errors).toEqual([]);
  });

  it('answers a sender that only listens when it has sent everything', async () => {
    const { server } = await start();
    expect(await send(server.url, { agent: new Agent() }, Buffer.alloc(limit + 1))).toMatchObject({ status: 413 });
  });

  it('tells nothing of what goes wrong inside, but to its owner', async () => {
    const problem = new Error('hunter2');
    for (const receive of [
      () => Promise.reject(problem),
      () => {
        throw problem;
      },
    ]) {
      const bed = await start({ receive });
      const answer = await send(bed.server.url, {}, '{}');
      expect(answer).toMatchObject({ status: 500, text: 'something went wrong here\n' });
      expect(bed.errors).toEqual([problem]);
    }
  });

  it('says where it cannot listen', async () => {
    const { server } = await start();
    const { port } = new URL(server.url);
    await expect(start({ port: Number(port) })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
  });
});

describe('bad senders', () => {
  const patience = { requestTimeoutMs: 200 };

  it.each([
    ['sends nothing at all', ''],
    ['does not end its headers', 'POST /webhook HTTP/1.1\r\nhost: plumb\r\n'],
    ['does not end its body', `${head(100)}{"a":`],
    ['announces too much and sends none of it', head(limit + 1)],
  ])('are cut off when one %s', async (_what, text) => {
    const bed = await start(patience);
    const { socket, answer } = open(bed);
    socket.write(text);
    expect(await answer).toMatch(/^(HTTP\/1.1 4(08|13) |$)/);
    expect(bed.taken).toEqual([]);
  });

  it('are cut off when one sends a byte now and then', async () => {
    const bed = await start(patience);
    const { socket, answer } = open(bed);
    socket.write(head(1_000_000));
    const dribble = setInterval(() => socket.write('a'), 10);
    const text = await answer;
    clearInterval(dribble);
    expect(text).toMatch(/^(HTTP\/1.1 408 |$)/);
    expect(bed.taken).toEqual([]);
  });

  it.each([
    ['no HTTP', '\u0016\u0003\u0001\u0002\r\n\r\n', 400],
    ['no method', 'hunter2 /webhook\r\n\r\n', 400],
    ['a length that is no number', `${head('hunter2')}{}`, 400],
    ['a length below zero', `${head('-1')}{}`, 400],
    ['two lengths', `${head('2\r\ncontent-length: 7')}{}`, 400],
    ['length and chunks', `${head('2\r\ntransfer-encoding: chunked')}{}`, 400],
    ['a chunk that is none', 'POST /webhook HTTP/1.1\r\nhost: p\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 400],
    ['endless headers', `POST /webhook HTTP/1.1\r\nx: ${'hunter2'.repeat(4_000)}\r\n\r\n`, 431],
  ])('get a short answer when they send %s', async (_what, text, status) => {
    const bed = await start(patience);
    const { socket, answer } = open(bed);
    socket.write(text);
    const got = await answer;
    expect(got).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(got).not.toContain('hunter2');
    expect(got.length).toBeLessThan(300);
    expect(bed.taken).toEqual([]);
    expect(bed.errors).toEqual([]);
  });

  it('that send less than they announce and leave are forgotten', async () => {
    const bed = await start();
    const { socket, answer } = open(bed);
    socket.end(`${head(100)}{}`);
    await answer;
    expect(await send(bed.server.url, {}, '{}')).toMatchObject({ status: 202 });
    expect(bed.taken).toHaveLength(1);
    expect(bed.errors).toEqual([]);
  });

  it('that send large bodies at once take bounded memory between them', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const bed = await start();
    // All but the last byte, so that none is complete and all of them are held.
    const nearlyAll = Buffer.alloc(limit - 1, 'a');
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    const slow = Array.from({ length: 14 }, () => open(bed));
    for (const { socket } of slow) socket.write(head(limit));
    for (const { socket } of slow) socket.write(nearlyAll);
    const refused = await Promise.race(slow.map(({ answer }) => answer));
    expect(refused).toMatch(/^HTTP\/1.1 503 [\s\S]*\r\n\r\ntoo many deliveries at once\n$/);
    collectGarbage();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80 * 1024 * 1024);
    const ended = slow.map(({ socket, answer }) => {
      socket.destroy();
      return answer;
    });
    await Promise.all(ended);
    // There is room again as soon as the server has seen them go.
    let answer = await send(bed.server.url, {}, nearlyAll);
    while (answer.status === 503) answer = await send(bed.server.url, {}, nearlyAll);
    expect(answer.status).toBe(202);
  });

  it('cannot keep others out by 200 open connections for longer than the time for a request', async () => {
    const bed = await start(patience);
    const idle = Array.from({ length: 200 }, () => open(bed));
    await Promise.all(idle.map(({ socket }) => once(socket, 'connect')));
    const beyond = open(bed);
    expect(await beyond.answer).toBe('');
    await Promise.all(idle.map(({ answer }) => answer));
    expect(await send(bed.server.url, {}, '{}')).toMatchObject({ status: 202 });
  });
});

describe('many deliveries', () => {
  const secret = 's3cr3t';
  const receive = (delivery: Delivery): { status: number; message: string } =>
    readDelivery(delivery, { github: [secret] }, now);

  it('are answered each, a thousand in a burst', async () => {
    const bed = await start({ receive });
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    const { headers, body } = signed('github-push', secret);
    const all = await Promise.all(Array.from({ length: 1_000 }, () => send(bed.server.url, { agent, headers }, body)));
    agent.destroy();
    expect(all.filter(({ status, text }) => status === 202 && text === 'accepted\n')).toHaveLength(1_000);
    expect(bed.errors).toEqual([]);
  });

  it('of 1 MB with a signature are answered in under 50 ms', async () => {
    const bed = await start({ receive });
    const files = Array.from({ length: 25_000 }, (_, at) => `apps/service-${at}/templates/deployment.yaml`);
    const large = bodyOf('github-push').replace('{', `{"more":${JSON.stringify(files)},`);
    const { headers, body } = signed('github-push', secret, large);
    expect(body.length).toBeGreaterThan(1_000_000);
    const agent = new Agent({ keepAlive: true });
    const times: number[] = [];
    for (let count = 0; count < 21; count += 1) {
      const start = performance.now();
      const { status } = await send(bed.server.url, { agent, headers }, body);
      times.push(performance.now() - start);
      expect(status).toBe(202);
    }
    agent.destroy();
    // The quickest fourth: what it costs, and not what else this machine is doing.
    expect(times.sort((a, b) => a - b)[5]).toBeLessThan(50);
  });
});

describe('the end of the webhook server', () => {
  it('does not wait for connections that are kept open', async () => {
    const bed = await start();
    const agent = new Agent({ keepAlive: true });
    await send(bed.server.url, { agent }, '{}');
    const started = performance.now();
    await servers.pop()?.close();
    expect(performance.now() - started).toBeLessThan(500);
    agent.destroy();
    await expect(fetch(bed.server.url)).rejects.toThrow();
  });

  it('waits a second at most for a sender that does not come to its end', async () => {
    const bed = await start();
    const { socket, answer } = open(bed);
    await once(socket, 'connect');
    socket.write(`${head(100)}{`);
    await send(bed.server.url, {}, '{}');
    const started = performance.now();
    await servers.pop()?.close();
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(await answer).toBe('');
  });

  it('lets an answer that is under way come to its end', async () => {
    const reached = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const receive = async (): Promise<{ status: number; message: string }> => {
      reached.resolve();
      await release.promise;
      return { status: 202, message: 'accepted' };
    };
    const bed = await start({ receive });
    const answer = send(bed.server.url, {}, '{}');
    await reached.promise;
    const closing = servers.pop()?.close();
    release.resolve();
    expect(await answer).toMatchObject({ status: 202 });
    await closing;
  });
});

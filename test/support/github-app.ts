import { createPublicKey, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWTPayload, jwtVerify } from 'jose';

export type TokenAsked = {
  readonly installation: string;
  readonly claims: JWTPayload;
  readonly body: { readonly [field: string]: unknown };
};

/** A GitHub that knows one App by its key, and gives tokens to its installation 42. */
export type GithubApp = {
  readonly url: string;
  /** Tokens that were asked for with a good proof, in order. */
  asked(): readonly TokenAsked[];
  /** So many next answers have this status and body. */
  fail(status: number, body: string, times?: number): void;
  stop(): Promise<void>;
};

/** Starts it on a free port; `path` is before all paths, as for GitHub Enterprise. */
export async function startGithubApp(key: KeyObject, path = ''): Promise<GithubApp> {
  const asked: TokenAsked[] = [];
  const faults: { readonly status: number; readonly body: string; left: number }[] = [];
  const answer = async (request: IncomingMessage): Promise<{ readonly status: number; readonly body: string }> => {
    const text = await textOf(request);
    const fault = faults.find(({ left }) => left > 0);
    if (fault !== undefined) {
      fault.left -= 1;
      return fault;
    }
    const [, prefix, installation = ''] =
      /^(.*)\/app\/installations\/([^/]+)\/access_tokens$/.exec(request.url ?? '') ?? [];
    const claims = await verify(request, key);
    if (claims === undefined) return { status: 401, body: '{"message":"A JSON web token could not be decoded"}' };
    if (prefix !== path || installation !== '42' || request.method !== 'POST')
      return { status: 404, body: '{"message":"Not Found"}' };
    asked.push({ installation, claims, body: JSON.parse(text) as TokenAsked['body'] });
    const token = `ghs_c4n4ry${asked.length}`;
    return { status: 201, body: JSON.stringify({ token, expires_at: '2033-05-18T03:33:20Z' }) };
  };
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => response.writeHead(status).end(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    asked: () => [...asked],
    fail: (status, body, times = Number.POSITIVE_INFINITY) => void faults.push({ status, body, left: times }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function verify(request: IncomingMessage, key: KeyObject): Promise<JWTPayload | undefined> {
  const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  try {
    return (await jwtVerify(token, createPublicKey(key), { algorithms: ['RS256'], issuer: '7' })).payload;
  } catch {
    return undefined;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

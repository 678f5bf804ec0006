import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export type Registry = { readonly host: string; readonly requests: string[]; close(): Promise<void> };

type Answer = {
  readonly status: number;
  readonly body?: string | Uint8Array;
  readonly headers?: { readonly [name: string]: string };
};
type Call = {
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
  readonly authorization: string | undefined;
};

/** A Helm repository: serves a folder with index.yaml and archives, with a password where one is wanted. */
export function startHelmRepository(folder: string, password?: string): Promise<Registry> {
  return serve(async ({ url, authorization }) => {
    if (password !== undefined && authorization !== basic('user', password)) return { status: 401 };
    const name = url.pathname.slice(1);
    return (await readdir(folder)).includes(name)
      ? { status: 200, body: await readFile(join(folder, name)) }
      : { status: 404 };
  });
}

/** The parts of the OCI distribution API that helm push and pull use, with a password where one is wanted. */
export function startOciRegistry(password?: string): Promise<Registry> {
  const blobs = new Map<string, Uint8Array>();
  const manifests = new Map<string, { readonly type: string; readonly body: Uint8Array }>();
  const tagsOf = (start: string): readonly string[] =>
    [...manifests.keys()]
      .filter((key) => key.startsWith(start) && !key.includes(':'))
      .map((key) => key.slice(start.length));
  const routes: readonly (readonly [pattern: RegExp, answer: (call: Call, match: readonly string[]) => Answer])[] = [
    [/^\/v2\/?$/, () => ({ status: 200, body: '{}' })],
    [
      /^\/v2\/(.+)\/blobs\/uploads\/$/,
      (_, [, name]) => ({ status: 202, headers: { Location: `/v2/${name}/blobs/uploads/one` } }),
    ],
    [
      /^\/v2\/.+\/blobs\/uploads\/one$/,
      ({ url, body }) => {
        blobs.set(url.searchParams.get('digest') ?? '', body);
        return { status: 201, headers: { Location: url.pathname } };
      },
    ],
    [/^\/v2\/.+\/blobs\/(.+)$/, (_, [, digest = '']) => found(blobs.get(digest), {})],
    [
      /^\/v2\/(.+)\/tags\/list$/,
      (_, [, name]) => ({ status: 200, body: JSON.stringify({ name, tags: tagsOf(`${name} `) }) }),
    ],
    [
      /^\/v2\/(.+)\/manifests\/(.+)$/,
      ({ method, body }, [, name, reference = '']) => {
        const digest = digestOf(body);
        if (method === 'PUT')
          for (const key of [reference, digest])
            manifests.set(`${name} ${key}`, { type: 'application/vnd.oci.image.manifest.v1+json', body });
        if (method === 'PUT') return { status: 201, headers: { 'Docker-Content-Digest': digest } };
        const kept = manifests.get(`${name} ${reference}`);
        return found(
          kept?.body,
          kept === undefined ? {} : { 'Content-Type': kept.type, 'Docker-Content-Digest': digestOf(kept.body) },
        );
      },
    ],
  ];
  return serve(async (call) => {
    if (password !== undefined && call.authorization !== basic('user', password))
      return { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="r"' } };
    for (const [pattern, answer] of routes) {
      const match = pattern.exec(call.url.pathname);
      if (match !== null) return answer(call, match);
    }
    return { status: 404 };
  });
}

async function serve(answer: (call: Call) => Promise<Answer>): Promise<Registry> {
  const requests: string[] = [];
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://registry');
    requests.push(`${request.method} ${url.pathname}`);
    const body = Buffer.concat(await request.toArray());
    const {
      status,
      body: sent = '',
      headers = {},
    } = await answer({ method: request.method ?? '', url, body, authorization: request.headers.authorization });
    response.writeHead(status, { 'Content-Length': String(Buffer.byteLength(sent)), ...headers });
    response.end(request.method === 'HEAD' ? '' : sent);
  };
  const server = createServer((request, response) => void reply(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function found(body: Uint8Array | undefined, headers: { readonly [name: string]: string }): Answer {
  return body === undefined ? { status: 404 } : { status: 200, body, headers };
}

function digestOf(body: Uint8Array): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

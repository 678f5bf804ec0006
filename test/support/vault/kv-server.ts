import { randomUUID, type X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { judges } from './auth-methods.ts';
import { absent, done, type Reply, wrap } from './kv-engine.ts';
import { type Capability, parsePolicy } from './policies.ts';
import { type AuthMount, VaultState } from './vault-state.ts';

export type KvRequestSeen = {
  readonly method: string;
  /** After `/v1/`, with its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
};

/** What is answered in place of the truth. */
export type VaultFault = {
  /** Which paths; default: all. */
  readonly on?: RegExp;
  /** Default: for ever. */
  readonly times?: number;
  readonly status?: number;
  readonly body?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly delayMs?: number;
  /** True: the connection is cut. */
  readonly isCut?: boolean;
};

export type KvServerOptions = {
  readonly tls?: { readonly key: string; readonly cert: string };
};

/** A server of keys and values that follows Vault's HTTP API documents. */
export type KvServer = {
  readonly url: string;
  readonly rootToken: string;
  /** What came in since the start or `forget`, in order. */
  requests(): readonly KvRequestSeen[];
  forget(): void;
  fail(fault: VaultFault): void;
  /** Faults are over. */
  heal(): void;
  /** Tokens that are still good, without the root's. */
  tokens(): readonly string[];
  stop(): Promise<void>;
};

/** Starts an empty server on a free port of this machine. */
export async function startKvServer({ tls }: KvServerOptions = {}): Promise<KvServer> {
  const vault = new KvVault();
  const listener = (request: IncomingMessage, response: ServerResponse): void => void vault.serve(request, response);
  const server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: false }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    rootToken: vault.rootToken,
    requests: () => [...vault.requests],
    forget: () => {
      vault.requests.length = 0;
    },
    fail: (fault) => void vault.faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }),
    heal: () => {
      vault.faults.length = 0;
    },
    tokens: () => vault.tokens(),
    stop: () => stop(server),
  };
}

type Call = {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'LIST';
  readonly path: string;
  readonly query: URLSearchParams;
  readonly text: string;
  readonly body: { readonly [field: string]: unknown };
  readonly token: string;
  readonly certificate: X509Certificate | undefined;
};

const methodOf: { readonly [method: string]: Call['method'] } = { PUT: 'POST', POST: 'POST', DELETE: 'DELETE' };
const capabilityOf: { readonly [method in Call['method']]: Capability } = {
  GET: 'read',
  LIST: 'list',
  POST: 'update',
  DELETE: 'delete',
};
const denied: Reply = { status: 403, body: '{"errors":["1 error occurred:\\n\\t* permission denied\\n\\n"]}' };

class KvVault {
  readonly requests: KvRequestSeen[] = [];
  readonly faults: { readonly fault: VaultFault; left: number }[] = [];
  readonly rootToken: string;
  readonly #namespaces: Map<string, VaultState>;
  #sealed = false;

  constructor() {
    const root = new VaultState();
    this.#namespaces = new Map([['', root]]);
    this.rootToken = root.issue({ policies: ['root'] }).id;
  }

  tokens(): readonly string[] {
    return [...this.#namespaces.values()].flatMap((state) => state.tokens()).filter((id) => id !== this.rootToken);
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://vault');
    const path = decodeURIComponent(url.pathname.replace('/v1/', ''));
    this.requests.push({ method: request.method ?? '', path: path + url.search, headers: request.headers });
    const text = await textOf(request);
    if (await this.#trips(path, response)) return;
    const call = toCall(request, { path, query: url.searchParams, text });
    const { status, body } = await this.#answer(call, String(request.headers['x-vault-namespace'] ?? ''));
    response.writeHead(status, { 'content-type': 'application/json', 'x-vault-index': 'index-of-the-last-write' });
    response.end(body);
  }

  async #trips(path: string, response: ServerResponse): Promise<boolean> {
    const hit = this.faults.find(({ fault, left }) => left > 0 && (fault.on?.test(path) ?? true));
    if (hit === undefined) return false;
    hit.left -= 1;
    const { delayMs = 0, status, body = '', headers = {}, isCut = false } = hit.fault;
    if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
    if (isCut) response.socket?.resetAndDestroy();
    else if (status !== undefined) response.writeHead(status, headers).end(body);
    return isCut || status !== undefined;
  }

  async #answer(call: Call, namespace: string): Promise<Reply> {
    const { path, method } = call;
    const isRoot = call.token === this.rootToken;
    if (path === 'sys/unseal' && method === 'POST') this.#sealed = false;
    if (this.#sealed) return { status: 503, body: '{"errors":["Vault is sealed"]}' };
    const state = this.#namespaces.get(namespace.replace(/\/$/, ''));
    if (state === undefined) return noRoute(path);
    if (/^auth\/[^/]+\/login(\/|$)/.test(path)) return this.#login(state, call);
    const token = isRoot ? { policies: ['root'], id: call.token } : state.use(call.token);
    if (token === undefined) return denied;
    if (!isRoot && !state.admits(token as never, method === 'LIST' ? `${path}/` : path, capabilityOf[method]))
      return denied;
    if (path.startsWith('sys/')) return this.#system(state, call);
    return path.startsWith('auth/') ? answerAuth(state, call) : answerEngine(state, call);
  }

  #system(state: VaultState, { path, body }: Call): Reply {
    const [, area = '', rest = ''] = /^sys\/([a-z-]+)\/?(.*)$/.exec(path) ?? [];
    if (area === 'seal') this.#sealed = true;
    if (area === 'namespaces') this.#namespaces.set(rest, new VaultState());
    if (area === 'mounts') state.mountKv(rest, versionOf(body));
    if (area === 'auth') state.auth.set(rest, { type: String(body['type']), config: {}, entries: new Map() });
    if (area === 'policies') state.setPolicy(rest.replace('acl/', ''), parsePolicy(String(body['policy'])));
    return done;
  }

  async #login(state: VaultState, { path, body, certificate }: Call): Promise<Reply> {
    const [, mountPath = '', user = ''] = /^auth\/([^/]+)\/login\/?(.*)$/.exec(path) ?? [];
    const mount = state.auth.get(mountPath);
    const judge = judges[mount?.type ?? ''];
    if (mount === undefined || judge === undefined) return noRoute(path);
    const verdict = await judge({ mount, user, body, certificate });
    if ('error' in verdict) return { status: verdict.status ?? 400, body: JSON.stringify({ errors: [verdict.error] }) };
    return { status: 200, body: wrap('null', { auth: authOf(state.issue(verdict)) }) };
  }
}

function answerEngine(state: VaultState, { path, method, query, body, text }: Call): Reply {
  const mounts = [...state.engines.keys()].filter((mount) => path === mount || path.startsWith(`${mount}/`));
  const mount = mounts.sort((left, right) => right.length - left.length)[0] ?? '';
  const engine = state.engines.get(mount);
  if (engine === undefined) return noRoute(path);
  return engine.answer({ method, path: path.slice(mount.length + 1), version: query.get('version'), body, text });
}

function answerAuth(state: VaultState, call: Call): Reply {
  const [, mountPath = '', rest = ''] = /^auth\/([^/]+)\/(.*)$/.exec(call.path) ?? [];
  if (mountPath === 'token') return answerToken(state, call, rest);
  const mount = state.auth.get(mountPath);
  if (mount === undefined) return noRoute(call.path);
  if (/^config/.test(rest)) {
    Object.assign(mount.config, call.body);
    return done;
  }
  const [, name = '', detail = ''] = /^(?:role|users|certs)\/([^/]+)\/?(.*)$/.exec(rest) ?? [];
  return detail === '' ? putEntry(mount, name, call) : roleDetail(mount.entries.get(name) ?? {}, detail);
}

function putEntry({ entries }: AuthMount, name: string, { body }: Call): Reply {
  entries.set(name, { role_id: randomUUID(), secret_ids: [], ...entries.get(name), ...body });
  return done;
}

function roleDetail(entry: Record<string, unknown>, detail: string): Reply {
  if (detail === 'role-id') return { status: 200, body: wrap(JSON.stringify({ role_id: entry['role_id'] })) };
  if (detail !== 'secret-id') return absent;
  const secretId = randomUUID();
  entry['secret_ids'] = [...(entry['secret_ids'] as readonly string[]), secretId];
  return { status: 200, body: wrap(JSON.stringify({ secret_id: secretId })) };
}

function answerToken(state: VaultState, { body, token }: Call, action: string): Reply {
  if (action === 'lookup-self') return { status: 200, body: wrap(JSON.stringify({ id: token })) };
  if (action === 'revoke-self') state.revoke(token);
  if (action === 'revoke') state.revoke(String(body['token']));
  if (action !== 'create') return done;
  const made = state.issue({
    policies: body['policies'] as readonly string[],
    ttl: Number.parseInt(String(body['ttl'] ?? '0'), 10),
    type: body['type'] === 'batch' ? 'batch' : 'service',
  });
  return { status: 200, body: wrap('null', { auth: authOf(made) }) };
}

function authOf({ id, policies, ttl = 0, type = 'service' }: ReturnType<VaultState['issue']>): string {
  return JSON.stringify({
    client_token: id,
    accessor: randomUUID(),
    policies,
    token_policies: policies,
    metadata: null,
    lease_duration: ttl,
    renewable: type === 'service',
    entity_id: '',
    token_type: type,
    orphan: true,
  });
}

function noRoute(path: string): Reply {
  return { status: 404, body: JSON.stringify({ errors: [`no handler for route "${path}". route entry not found.`] }) };
}

function versionOf({ options }: Call['body']): string {
  return (options as { readonly version?: string } | undefined)?.version ?? '1';
}

function toCall(
  request: IncomingMessage,
  { path, query, text }: { readonly path: string; readonly query: URLSearchParams; readonly text: string },
): Call {
  const isList = request.method === 'LIST' || query.get('list') === 'true';
  const socket = request.socket;
  return {
    method: isList ? 'LIST' : (methodOf[request.method ?? ''] ?? 'GET'),
    path: path.replace(/\/$/, ''),
    query,
    text,
    body: text === '' ? {} : (JSON.parse(text) as Call['body']),
    token: String(request.headers['x-vault-token'] ?? ''),
    certificate: socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined,
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { serveGit } from './git-backend.ts';
import {
  type CommitRequest,
  commitFiles,
  type GitFiles,
  initRepository,
  repositoryFolder,
  runGit,
} from './git-repositories.ts';
import { type GitDelivery, type GitWebhook, GitWebhooks } from './git-webhooks.ts';

export type GitServerOptions = {
  /** Serves HTTPS with this key and certificate (PEM). */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Default: one that is free. */
  readonly port?: number;
  /** Folder in which it makes its own. Default: the system's for scratch files. */
  readonly parent?: string;
};

export type RepositoryOptions = {
  /** Passwords by user name; absent: everybody may read and push. */
  readonly users?: { readonly [user: string]: string };
};

export type GitService = 'upload-pack' | 'receive-pack' | 'other';

export type GitRequest = {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly repository: string;
  readonly service: GitService;
  readonly user: string | undefined;
};

export type Fault = {
  /** Default: every repository. */
  readonly repository?: string;
  /** Default: every service. */
  readonly service?: GitService;
  readonly delayMs?: number;
  /** Answered instead of git; `reset` cuts the connection, `hang` never answers. Absent: git answers, after the delay. */
  readonly status?: number | 'reset' | 'hang';
  /** Requests it hits, then it is over. Default: all until `heal`. */
  readonly times?: number;
};

/** A Git host on 127.0.0.1 over git's own http-backend, with bare repositories in a folder of its own. */
export type GitServer = {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  url(name: string): string;
  /** Gives the SHA of the first commit. Without files the repository stays empty, and the SHA too. */
  createRepository(name: string, files?: GitFiles, options?: RepositoryOptions): Promise<string>;
  commit(name: string, request: CommitRequest): Promise<string>;
  /** Tags a branch or SHA (default main); annotated when it has a message. */
  tag(name: string, tag: string, options?: { readonly target?: string; readonly message?: string }): Promise<void>;
  /** Tells this webhook of every push to the repository, and of every ref that is moved here. */
  addWebhook(name: string, hook: GitWebhook): void;
  /** What webhooks were sent and answered so far; resolves when nothing is under way. */
  deliveries(): Promise<readonly GitDelivery[]>;
  /** Any other git command in the bare repository; gives its output, trimmed. */
  git(name: string, ...args: readonly string[]): Promise<string>;
  /** What clients asked since the start or the last `forgetRequests`, in order. */
  requests(): readonly GitRequest[];
  forgetRequests(): void;
  fail(fault: Fault): void;
  heal(): void;
  /** Cuts what is under way and removes every repository. */
  stop(): Promise<void>;
};

/** Starts an empty Git host; `stop` leaves nothing behind. */
export async function startGitServer(options: GitServerOptions = {}): Promise<GitServer> {
  const root = await mkdtemp(join(options.parent ?? tmpdir(), 'plumb-git-'));
  const host = new Host(root);
  const listener: RequestListener = (request, response) => void host.answer(request, response);
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const origin = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const url = (name: string): string => `${origin}/${name}.git`;
  const at = (name: string): Place => ({ name, url: url(name), folder: repositoryFolder(root, name), home: root });
  const { webhooks } = host;
  const announced = async <Result>(name: string, act: () => Promise<Result>): Promise<Result> => {
    const before = await webhooks.before(at(name));
    const result = await act();
    await webhooks.announce(at(name), before);
    return result;
  };
  return {
    origin,
    url,
    createRepository: async (name, files, repository = {}) => {
      await initRepository(at(name).folder, root);
      if (repository.users !== undefined) host.users.set(name, repository.users);
      return files === undefined ? '' : commitFiles(at(name), { files, message: 'First' });
    },
    commit: (name, request) => announced(name, () => commitFiles(at(name), request)),
    addWebhook: (name, hook) => webhooks.add(name, hook),
    deliveries: async () => {
      await webhooks.idle();
      return [...webhooks.deliveries];
    },
    tag: async (name, tag, { target = 'main', message } = {}) => {
      const annotation = message === undefined ? [] : ['--annotate', '--message', message];
      await announced(name, () => runGit(['tag', ...annotation, tag, target], at(name)));
    },
    git: (name, ...args) => announced(name, () => runGit(args, at(name))),
    requests: () => [...host.requests],
    forgetRequests: () => {
      host.requests.length = 0;
    },
    fail: (fault) => {
      host.faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    heal: () => {
      host.faults.length = 0;
    },
    stop: () => stop(server, root),
  };
}

type Place = { readonly name: string; readonly url: string; readonly folder: string; readonly home: string };

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

class Host {
  readonly webhooks: GitWebhooks = new GitWebhooks();
  readonly requests: GitRequest[] = [];
  readonly faults: { readonly fault: Fault; left: number }[] = [];
  readonly users: Map<string, { readonly [user: string]: string }> = new Map();
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const credentials = toCredentials(request.headers.authorization);
    const entry = toGitRequest(request, credentials?.user);
    this.requests.push(entry);
    if (!(await this.#passesFaults(entry, response))) return;
    if (!this.#admits(entry.repository, credentials)) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end('Unauthorized\n');
      return;
    }
    const isPush = entry.service === 'receive-pack' && entry.method === 'POST';
    if (isPush) await this.#announceWhenDone(entry.repository, { request, response });
    serveGit(request, response, { root: this.#root, user: credentials?.user });
  }

  async #announceWhenDone(name: string, exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const scheme = request.socket instanceof TLSSocket ? 'https' : 'http';
    const url = `${scheme}://${request.headers.host}/${name}.git`;
    const place = { name, url, folder: repositoryFolder(this.#root, name), home: this.#root };
    const before = await this.webhooks.before(place);
    response.once('finish', () => void this.webhooks.announce(place, before));
  }

  async #passesFaults(entry: GitRequest, response: ServerResponse): Promise<boolean> {
    const hit = this.faults.find(({ fault, left }) => left > 0 && matches(fault, entry));
    if (hit === undefined) return true;
    hit.left -= 1;
    const { delayMs = 0, status } = hit.fault;
    if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
    if (status === undefined) return true;
    if (status === 'reset') response.socket?.resetAndDestroy();
    if (typeof status === 'number') response.writeHead(status).end(`Injected ${status}\n`);
    return false;
  }

  #admits(repository: string, credentials: Credentials | undefined): boolean {
    const users = this.users.get(repository);
    if (users === undefined) return true;
    return credentials !== undefined && users[credentials.user] === credentials.password;
  }
}

type Credentials = { readonly user: string; readonly password: string };

function matches(fault: Fault, entry: GitRequest): boolean {
  const repository = fault.repository ?? entry.repository;
  return repository === entry.repository && (fault.service ?? entry.service) === entry.service;
}

function toGitRequest(request: IncomingMessage, user: string | undefined): GitRequest {
  const path = request.url ?? '/';
  const service = /git-(upload-pack|receive-pack)/.exec(path)?.[1] as GitService | undefined;
  const repository = decodeURIComponent(
    /^\/(.*?)(\.git)?(\/info\/refs|\/git-[a-z-]+|\/HEAD|\/objects\/.*)?(\?.*)?$/.exec(path)?.[1] ?? '',
  );
  return { method: request.method ?? 'GET', path, repository, service: service ?? 'other', user };
}

function toCredentials(authorization: string | undefined): Credentials | undefined {
  const encoded = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString().split(':');
  return { user, password: password.join(':') };
}

async function stop(server: Server, root: string): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
}

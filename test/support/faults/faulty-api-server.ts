import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Agent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from './seeded-random.ts';
import { openUpstream } from './upstream.ts';

/** `lost-answer`: the API server does it, and the answer never comes. `silence`: nothing happens for a while, then a reset. */
export const faultKinds = ['429', '500', '503', '504', 'reset', 'lost-answer', 'silence'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** An answer of the API server's own form. */
export type FalseStatus = { readonly code: number; readonly reason?: string; readonly message?: string };

/** What befalls the requests that match, before chance has its say. The first rule that matches and is not used up counts. */
export type FaultRule = {
  readonly method?: string;
  /** Against path and query. */
  readonly path: RegExp;
  readonly fault: FaultKind | FalseStatus;
  /** How often it strikes; default: always. */
  readonly times?: number;
};

export type FaultOptions = {
  /** Path of the kubeconfig of the real API server; its current context with a client certificate. */
  readonly kubeconfig: string;
  /** The share of requests that chance spoils, 0 to 1. Default: none. */
  readonly share?: number;
  readonly seed?: number;
  /** Which of them chance picks from. Default: all. */
  readonly kinds?: readonly FaultKind[];
  readonly rules?: readonly FaultRule[];
  /** How long `silence` lasts. Default: 300 ms. */
  readonly silenceMs?: number;
  /** Behave like an API server before 1.27. Default: false. */
  readonly legacyDiscovery?: boolean;
};

export type FaultyApiServer = {
  /** Path of a kubeconfig that leads through the faults; whoever uses it acts as the real kubeconfig's user. */
  readonly kubeconfig: string;
  readonly url: string;
  /** How many requests came, and how many of them each kind of fault befell. */
  readonly requests: number;
  readonly faults: ReadonlyMap<FaultKind | 'rule', number>;
  /** Puts other rules in place of those in force. */
  setRules(rules: readonly FaultRule[]): void;
  close(): Promise<void>;
};

/** Starts a reverse proxy before a real API server that spoils some of what passes, the same way for the same seed. */
export async function startFaultyApiServer(options: FaultOptions): Promise<FaultyApiServer> {
  const { share = 0, seed = 1, kinds = faultKinds, silenceMs = 300 } = options;
  const upstream = await openUpstream(options.kubeconfig);
  const random = seededRandom(seed);
  const faults = new Map<FaultKind | 'rule', number>();
  let requests = 0;
  let rules = (options.rules ?? []).map((rule) => ({ ...rule, left: rule.times ?? Number.POSITIVE_INFINITY }));

  const pickFault = (request: IncomingMessage): FaultKind | FalseStatus | undefined => {
    const chance = random() < share ? kinds[Math.floor(random() * kinds.length)] : undefined;
    const rule = rules.find((candidate) => candidate.left > 0 && matches(candidate, request));
    if (rule !== undefined) rule.left -= 1;
    return rule?.fault ?? chance;
  };
  const server = createServer((request, response) => {
    requests += 1;
    const fault = pickFault(request);
    if (options.legacyDiscovery === true && /^\/apis?$/.test(request.url ?? ''))
      request.headers.accept = 'application/json';
    if (fault === undefined) return forward(upstream, request, response);
    const name = typeof fault === 'string' ? fault : 'rule';
    faults.set(name, (faults.get(name) ?? 0) + 1);
    if (typeof fault !== 'string') return answerStatus(response, fault);
    return strike[fault]({ upstream, request, response, silenceMs });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), 'plumb-faults-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigFor(url));
  return {
    kubeconfig,
    url,
    faults,
    get requests() {
      return requests;
    },
    setRules(next) {
      rules = next.map((rule) => ({ ...rule, left: rule.times ?? Number.POSITIVE_INFINITY }));
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      upstream.agent.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Upstream = { readonly origin: string; readonly agent: Agent };

type Strike = {
  readonly upstream: Upstream;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly silenceMs: number;
};

const strike: { readonly [kind in FaultKind]: (strike: Strike) => void } = {
  '429': ({ response }) => {
    response.setHeader('retry-after', '1');
    answerStatus(response, {
      code: 429,
      reason: 'TooManyRequests',
      message: 'too many requests, please try again later',
    });
  },
  '500': ({ response }) =>
    answerStatus(response, { code: 500, reason: 'InternalError', message: 'etcdserver: leader changed' }),
  '503': ({ response }) => answerStatus(response, { code: 503, reason: 'ServiceUnavailable' }),
  '504': ({ response }) =>
    answerStatus(response, { code: 504, reason: 'Timeout', message: 'request did not complete in time' }),
  reset: ({ request }) => request.socket.destroy(),
  'lost-answer': ({ upstream, request }) => {
    send(upstream, request, (answer) => answer.resume().on('end', () => request.socket.destroy()));
  },
  silence: ({ request, silenceMs }) => {
    void sleep(silenceMs, undefined, { ref: false }).then(() => request.socket.destroy());
  },
};

function matches({ method, path }: FaultRule, request: IncomingMessage): boolean {
  return (method === undefined || method === request.method) && path.test(request.url ?? '');
}

function answerStatus(response: ServerResponse, { code, reason = '', message = '' }: FalseStatus): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code }));
}

function forward(upstream: Upstream, request: IncomingMessage, response: ServerResponse): void {
  send(upstream, request, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
}

function send(
  { origin, agent }: Upstream,
  request: IncomingMessage,
  onAnswer: (answer: IncomingMessage) => void,
): void {
  const { host: _, ...headers } = request.headers;
  const passed = httpsRequest(`${origin}${request.url}`, { method: request.method, headers, agent }, onAnswer);
  passed.on('error', () => request.socket.destroy());
  request.pipe(passed);
}

function kubeconfigFor(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'faulty',
    clusters: [{ name: 'faulty', cluster: { server } }],
    users: [],
    contexts: [{ name: 'faulty', context: { cluster: 'faulty' } }],
  });
}

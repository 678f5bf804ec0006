import { createHmac } from 'node:crypto';
import { startWebhookServer, type WebhookServer } from '../../shared/adapters/local/webhook-server.ts';
import type { Head } from '../../shared/model/head.ts';
import type { Delivery } from '../../shared/model/push.ts';
import type { Declarations, DeclaredApplication } from '../../shared/model/registry.ts';
import type { Ports } from '../../shared/ports.ts';
import { addChildren } from '../../shared/registry/add-children.ts';
import { loadHead } from '../../shared/state/heads.ts';
import { loadRegistry } from '../../shared/state/registry.ts';
import { PushInbox } from '../../shared/workflows/serve/push-inbox.ts';
import { receivePush } from '../../shared/workflows/serve/receive-push.ts';
import { type Engine, openEngine } from './engine.ts';
import { eventually } from './eventually.ts';
import type { GitFiles } from './git-repositories.ts';
import { post } from './post.ts';
import { type Serving, type ServingOptions, startServing } from './serving.ts';

type Spec = Readonly<Record<string, unknown>>;

/** `plumb serve` with webhooks, and with looks at Git and the cluster so rare that only webhooks cause work. */
export type WebhookBed = {
  readonly engine: Engine;
  /** Where webhooks are taken in. */
  readonly url: string;
  /** Makes a repository that tells of its pushes. */
  repository(name: string, files: GitFiles): Promise<string>;
  /** Declares an application; `source` is merged into `main`'s folder of the application's name. */
  declare(name: string, source: Spec & { readonly repository: string }, spec?: Spec): void;
  /** Declares an application as it is. */
  add(declared: DeclaredApplication): void;
  /** Serves what is declared, and waits until all is synced and at rest. */
  serve(options?: Partial<ServingOptions>): Promise<Serving>;
  /** Starts to serve, and does not wait. */
  start(options?: Partial<ServingOptions>): Serving;
  /** Questions for refs since `forget`, as `REPOSITORY FIRST-PREFIX`. */
  probes(): readonly string[];
  /** Deliveries that were let in since `forget`, as they came. */
  deliveries(): readonly Delivery[];
  /** Milliseconds that each answer took since `forget`. */
  answers(): readonly number[];
  forget(): void;
  /** The signature of a body, as the Git server makes it. */
  sign(body: Uint8Array): string;
  /** Sends a delivery; gives the status. */
  send(delivery: Delivery): Promise<number>;
  /** Resolves when neither Git was asked nor the store written for a while. */
  rest(): Promise<void>;
  /** What is in the store and in the cluster's ConfigMaps, by versions. */
  state(): Promise<readonly string[]>;
  head(name: string): Promise<Head | undefined>;
  /** `v` of the ConfigMap of that name. */
  value(name: string): Promise<string | undefined>;
  /** Waits until `v` of the ConfigMap of that name is as told. */
  arrives(name: string, value: string): Promise<void>;
  close(): Promise<void>;
};

const secret = 'the secret of the webhook';
const hourMs = 3_600_000;
const calmMs = 400;

/** Opens a bed; `close` it after the test. */
export async function openWebhookBed(): Promise<WebhookBed> {
  const engine = await openEngine();
  const log = { probes: [] as string[], deliveries: [] as Delivery[], answers: [] as number[] };
  const applications = new Map<string, DeclaredApplication>();
  const ports: Ports = { ...engine.ports, git: telling(engine, log.probes) };
  const inbox = new PushInbox();
  const server = await takeIn(engine, inbox, log);
  const { git } = engine;
  let serving: Serving | undefined;
  const start: WebhookBed['start'] = (options = {}) => {
    const load = async (): Promise<Declarations> => {
      const declared = { applications: [...applications.values()], projects: [engine.project], rejected: [] };
      return addChildren(declared, await loadRegistry(ports.store));
    };
    serving = startServing(engine, { load, ports, pollMs: hourMs, driftMs: hourMs, pushes: inbox, ...options });
    return serving;
  };
  const head: WebhookBed['head'] = async (name) => (await loadHead(ports.store, name))?.head;
  const value: WebhookBed['value'] = async (name) => (await engine.live('ConfigMap', name))?.data?.['v'];
  const rest = (): Promise<void> => atRest(engine);
  return {
    engine,
    url: server.url,
    repository: async (name, files) => {
      const sha = await git.createRepository(name, files);
      git.addWebhook(name, { url: server.url, secret });
      return sha;
    },
    declare: (name, { repository, ...source }, spec = {}) => {
      const merged = { repoURL: git.url(repository), path: name, targetRevision: 'main', ...source };
      const syncPolicy = { automated: { prune: true, selfHeal: true } };
      const application = engine.application(name, { source: merged, syncPolicy, ...spec });
      applications.set(name, { application, origin: 'the test' });
    },
    add: (declared) => void applications.set(declared.application.name, declared),
    start,
    serve: async (options) => {
      const started = start(options);
      const isSynced = async (name: string): Promise<boolean> => (await head(name))?.sync.code === 'Synced';
      for (const name of applications.keys()) await eventually(`${name} is synced`, () => isSynced(name));
      await rest();
      return started;
    },
    probes: () => [...log.probes],
    deliveries: () => [...log.deliveries],
    answers: () => [...log.answers],
    forget: () => {
      git.forgetRequests();
      for (const list of Object.values(log)) list.length = 0;
    },
    sign: (body) => createHmac('sha256', secret).update(body).digest('hex'),
    send: (delivery) => send(server.url, delivery),
    rest,
    state: async () => [...(await storeVersions(ports)), ...(await clusterVersions(engine))],
    head,
    value,
    arrives: async (name, wanted) => {
      await eventually(`${name} has ${wanted}`, async () => (await value(name)) === wanted);
    },
    close: async () => {
      await server.close();
      await serving?.stop();
      await engine.close();
    },
  };
}

async function atRest({ git, ports }: Engine): Promise<void> {
  let before = '';
  const isCalm = async (): Promise<boolean> => {
    const now = [git.requests().length, ...(await storeVersions(ports))].join();
    const isSame = now === before;
    before = now;
    return isSame;
  };
  await eventually('all is at rest', isCalm, { intervalMs: calmMs });
}

type Log = { readonly deliveries: Delivery[]; readonly answers: number[] };

function takeIn({ ports }: Engine, inbox: PushInbox, log: Log): Promise<WebhookServer> {
  const { clock, reporter } = ports;
  const receiving = { secrets: { gitea: [secret] }, clock, reporter, put: inbox.put.bind(inbox) };
  return startWebhookServer({
    host: '127.0.0.1',
    port: 0,
    receive: async (delivery) => {
      const started = performance.now();
      const answer = await receivePush(delivery, receiving);
      log.answers.push(performance.now() - started);
      if (answer.status === 202) log.deliveries.push(delivery);
      return answer;
    },
    onError: (error) => reporter.report({ type: 'notice', level: 'error', message: String(error) }),
  });
}

function telling({ ports, git }: Engine, probes: string[]): Ports['git'] {
  return {
    openCommit: (repoURL, wanted) => ports.git.openCommit(repoURL, wanted),
    listRefs: (repoURL, prefixes) => {
      probes.push(`${repoURL.replace(`${git.origin}/`, '').replace('.git', '')} ${prefixes[0]}`);
      return ports.git.listRefs(repoURL, prefixes);
    },
  };
}

async function send(url: string, { headers, body }: Delivery): Promise<number> {
  const { connection: _connection, 'content-length': _length, 'transfer-encoding': _encoding, ...own } = headers;
  return (await post(url, { headers: own, body })).status;
}

async function storeVersions({ store }: Ports): Promise<readonly string[]> {
  return Promise.all((await store.list('')).map(async (key) => `${key} ${(await store.get(key))?.etag}`));
}

async function clusterVersions({ objects, namespace }: Engine): Promise<readonly string[]> {
  const { items } = await objects.list('v1', 'ConfigMap', namespace);
  return items.map(({ metadata }) => `${metadata?.name} ${metadata?.uid} ${metadata?.resourceVersion}`);
}

import { startWebhookServer } from '../../shared/adapters/local/webhook-server.ts';
import type { Head } from '../../shared/model/head.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import type { GitHost, ObjectStore, Ports } from '../../shared/ports.ts';
import { declare } from '../../shared/registry/declare.ts';
import { PushInbox } from '../../shared/workflows/serve/push-inbox.ts';
import { receivePush } from '../../shared/workflows/serve/receive-push.ts';
import { serve } from '../../shared/workflows/serve/serve.ts';
import { enginePorts } from './engine-ports.ts';

/** What the parent is told: where webhooks go, a new commit was seen, an application was saved as synced at a commit. */
export type ServeEvent =
  | { readonly type: 'listening'; readonly url: string }
  | { readonly type: 'seen'; readonly sha: string }
  | { readonly type: 'synced'; readonly application: string; readonly sha: string; readonly health: string }
  | {
      readonly type: 'usage';
      readonly cpuMs: number;
      readonly peakMB: number;
      readonly requests: Readonly<Record<string, number>>;
    };

export type ServeSetup = {
  readonly kubeconfig: string;
  readonly folder: string;
  readonly manifests: readonly Manifest[];
  readonly pollMs: number;
  readonly driftMs: number;
  /** Of the Git server's webhooks; absent: none are taken in. */
  readonly webhookSecret?: string;
};

/** `plumb serve` without its output, which tells its parent what happens; any message asks for the usage so far. */
async function main(): Promise<void> {
  const { kubeconfig, folder, manifests, pollMs, driftMs, webhookSecret } = JSON.parse(
    process.argv[2] ?? '',
  ) as ServeSetup;
  const requests: Record<string, number> = {};
  const tell = (event: ServeEvent): void => void process.send?.(event);
  const ports = await enginePorts({
    kubeconfig,
    folder,
    observe: ({ verb }) => {
      requests[verb] = (requests[verb] ?? 0) + 1;
    },
  });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    tell({
      type: 'usage',
      cpuMs: (user + system) / 1000,
      peakMB: process.resourceUsage().maxRSS / 1024,
      requests: { ...requests },
    });
  });
  const stop = new AbortController();
  process.once('disconnect', () => {
    stop.abort();
    // Nobody is left to take webhooks in for.
    if (webhookSecret !== undefined) process.exit(0);
  });
  const declarations = declare(manifests.map((manifest) => ({ manifest, origin: 'bench' })));
  const pushes = new PushInbox();
  if (webhookSecret !== undefined) tell({ type: 'listening', url: await takeIn(webhookSecret, pushes, ports) });
  const options = { pollMs, driftMs, concurrency: 25, signal: stop.signal, jitter: () => 0, pushes };
  const report = ports.reporter.report;
  const reporter = {
    report: (event: Parameters<typeof report>[0]) =>
      void (event.type === 'notice' && event.level === 'error' && console.error(event.message)),
  };
  await serve(async () => declarations, options, {
    ...ports,
    reporter,
    git: tellingGit(ports.git, tell),
    store: tellingStore(ports.store, tell),
  });
}

async function takeIn(secret: string, inbox: PushInbox, { clock, reporter }: Ports): Promise<string> {
  const receiving = { secrets: { gitea: [secret] }, clock, reporter, put: inbox.put.bind(inbox) };
  const { url } = await startWebhookServer({
    host: '127.0.0.1',
    port: 0,
    receive: (delivery) => receivePush(delivery, receiving),
    onError: console.error,
  });
  return url;
}

function tellingGit(git: GitHost, tell: (event: ServeEvent) => void): GitHost {
  let last = '';
  return {
    openCommit: (repoURL, wanted) => git.openCommit(repoURL, wanted),
    listRefs: async (repoURL, prefixes) => {
      const refs = await git.listRefs(repoURL, prefixes);
      const sha = refs[0]?.oid ?? '';
      if (sha !== last) tell({ type: 'seen', sha });
      last = sha;
      return refs;
    },
  };
}

function tellingStore(store: ObjectStore, tell: (event: ServeEvent) => void): ObjectStore {
  return {
    get: (key) => store.get(key),
    list: (prefix) => store.list(prefix),
    entries: (prefix) => store.entries(prefix),
    delete: (key) => store.delete(key),
    put: async (key, body, condition) => {
      const written = await store.put(key, body, condition);
      if (!key.startsWith('heads/') || !written.won) return written;
      const head = (JSON.parse(Buffer.from(body).toString()) as { readonly data: Head }).data;
      const sha = head.deployed?.sources[0]?.revision;
      if (sha !== undefined && head.sync.code === 'Synced' && head.operation?.phase !== 'Running')
        tell({ type: 'synced', application: head.application, sha, health: head.health.code });
      return written;
    },
  };
}

await main();

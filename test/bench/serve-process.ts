import type { Head } from '../../shared/model/head.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import type { GitHost, ObjectStore } from '../../shared/ports.ts';
import { declare } from '../../shared/registry/declare.ts';
import { serve } from '../../shared/workflows/serve.ts';
import { enginePorts } from './engine-ports.ts';

/** What the parent is told: a new commit was seen, or an application was saved as synced at a commit. */
export type ServeEvent =
  | { readonly type: 'seen'; readonly sha: string }
  | { readonly type: 'synced'; readonly application: string; readonly sha: string }
  | {
      readonly type: 'usage';
      readonly cpuMs: number;
      readonly peakMB: number;
      readonly requests: Readonly<Record<string, number>>;
    };

type Setup = {
  readonly kubeconfig: string;
  readonly folder: string;
  readonly manifests: readonly Manifest[];
  readonly pollMs: number;
  readonly driftMs: number;
};

/** `plumb serve` without its output, which tells its parent what happens; any message asks for the usage so far. */
async function main(): Promise<void> {
  const { kubeconfig, folder, manifests, pollMs, driftMs } = JSON.parse(process.argv[2] ?? '') as Setup;
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
  process.once('disconnect', () => stop.abort());
  const declarations = declare(manifests.map((manifest) => ({ manifest, origin: 'bench' })));
  const options = { pollMs, driftMs, concurrency: 25, signal: stop.signal, jitter: () => 0 };
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
    delete: (key) => store.delete(key),
    put: async (key, body, condition) => {
      const written = await store.put(key, body, condition);
      if (!key.startsWith('heads/') || !written.won) return written;
      const head = (JSON.parse(Buffer.from(body).toString()) as { readonly data: Head }).data;
      const sha = head.deployed?.sources[0]?.revision;
      if (sha !== undefined && head.sync.code === 'Synced' && head.operation?.phase !== 'Running')
        tell({ type: 'synced', application: head.application, sha });
      return written;
    },
  };
}

await main();

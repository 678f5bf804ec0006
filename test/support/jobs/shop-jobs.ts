import type { Head } from '../../../shared/model/head.ts';
import { loadHead } from '../../../shared/state/heads.ts';
import { type Engine, type EngineOptions, openEngine } from '../engine.ts';
import type { GitFiles } from '../git-repositories.ts';
import { configMap } from '../manifests.ts';
import { clusterId, type JobsBed, type JobsBedOptions, openJobsBed } from './jobs-bed.ts';

type Fields = Readonly<Record<string, unknown>>;
export type Declaring = { readonly spec?: Fields; readonly metadata?: Fields };

/** An installation on a real control plane and a real Git server, with the application `shop` of the repository of that name. */
export type ShopJobs = JobsBed & {
  readonly engine: Engine;
  /** Declares these applications by the name of their file, and no others. */
  declare(files: GitFiles): Promise<void>;
  /** An Application of the folder `app` of a repository, as people write it. */
  application(name: string, more?: Declaring): string;
  commit(files: GitFiles, more?: { readonly remove?: readonly string[]; readonly message?: string }): Promise<string>;
  /** Has what Git has now rendered, and the message about it waits. */
  render(): Promise<void>;
  /** What a ConfigMap says in `v`; undefined: it is not there. */
  value(name: string): Promise<string | undefined>;
  /** An error before the first sync. */
  head(application?: string): Promise<Head>;
  /** The types of what was told, each without its prefix. */
  told(): readonly string[];
  close(): Promise<void>;
};

/** The ConfigMap `prompts` with that text. */
export const prompts = (v: string): GitFiles => ({ 'app/prompts.yaml': configMap('prompts', { v }) });

/** Opens it, and declares `shop`; nothing is rendered yet. */
export async function openShopJobs(
  files: GitFiles,
  {
    declaring = {},
    ...options
  }: JobsBedOptions & Pick<EngineOptions, 'secrets'> & { readonly declaring?: Declaring } = {},
): Promise<ShopJobs> {
  const engine = await openEngine(options.secrets === undefined ? {} : { secrets: options.secrets });
  const bed = await openJobsBed(engine, options);
  const application = (name: string, { spec = {}, metadata = {} }: Declaring = {}): string =>
    JSON.stringify({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, ...metadata },
      spec: {
        project: 'default',
        destination: { name: clusterId, namespace: engine.namespace },
        source: { repoURL: engine.git.url(name), path: 'app', targetRevision: 'main' },
        syncPolicy: { automated: { prune: true, selfHeal: true } },
        ...spec,
      },
    });
  await engine.git.createRepository('shop', files);
  await engine.git.createRepository('control', { 'shop.yaml': application('shop', declaring) });
  return {
    ...bed,
    engine,
    application,
    declare: async (declared) => void (await engine.git.commit('control', { files: declared })),
    commit: (changed, more = {}) => engine.git.commit('shop', { files: changed, ...more }),
    render: async () => {
      await bed.tick();
      await bed.render();
    },
    value: async (name) => (await engine.live('ConfigMap', name))?.data?.['v'],
    head: async (name = 'shop') => {
      const stored = await loadHead(engine.ports.store, name);
      if (stored === undefined) throw new Error(`${name} was never synced`);
      return stored.head;
    },
    told: () => bed.events.map(({ type }) => type.replace('plumbline.', '')),
    close: () => engine.close(),
  };
}

import { messageOf } from '../../../shared/errors.ts';
import type { Head } from '../../../shared/model/head.ts';
import type { LiveTestObject } from '../engine.ts';
import { eventually, type Patience } from '../eventually.ts';
import type { GitFiles } from '../git-repositories.ts';
import { configMap } from '../manifests.ts';
import { clusterNames } from './cluster.ts';
import type { Functions } from './functions.ts';
import { control, type Installation } from './open-installation.ts';

type Fields = Readonly<Record<string, unknown>>;

export type Declaring = {
  /** Of the Application. */
  readonly annotations?: Fields;
  /** Merged into the Application's. */
  readonly spec?: Fields;
  /** Default: the one that answers. */
  readonly cluster?: string;
};

/** Applications of an installation, each with a repository and a namespace of its name. */
export type Applications = {
  /** Makes the repository and declares the application, by a push to the control repository. */
  declare(name: string, files: GitFiles, more?: Declaring): Promise<void>;
  /** Pushes to its repository; gives the commit's SHA. */
  push(name: string, files: GitFiles, message?: string): Promise<string>;
  /** Waits until it is as in Git, and healthy, at a commit, if one is told. */
  healthy(name: string, commit?: string, patience?: Patience): Promise<Head>;
  /** An object of its namespace; undefined when absent. */
  live(name: string, object: LiveAddress): Promise<LiveTestObject | undefined>;
  /** `v` of the ConfigMap `settings`. */
  value(name: string): Promise<string | undefined>;
  /** Waits until that is as told. */
  arrives(name: string, value: string): Promise<void>;
};

type LiveAddress = { readonly apiVersion?: string; readonly kind: string; readonly name: string };

/** The file with the ConfigMap `settings`. */
export const settingsFile = (v: string): GitFiles => ({ 'app/settings.yaml': configMap('settings', { v }) });

/** Applications that are declared in an installation's control repository. */
export function openApplications(installation: Installation): Applications {
  const { git, webhooks, webhookSecret, objects, state, functions } = installation;
  const live: Applications['live'] = async (namespace, { apiVersion = 'v1', kind, name }) => {
    try {
      return await objects.read({ apiVersion, kind, metadata: { name, namespace } });
    } catch (error) {
      if ((error as { readonly code?: number }).code === 404) return undefined;
      throw error;
    }
  };
  const value: Applications['value'] = async (name) =>
    (await live(name, { kind: 'ConfigMap', name: 'settings' }))?.data?.['v'];
  return {
    declare: async (name, files, more = {}) => {
      await git.createRepository(name, files);
      git.addWebhook(name, { url: webhooks.url, secret: webhookSecret });
      const manifest = JSON.stringify(applicationOf(name, git.url(name), more));
      await git.commit(control, { files: { [`apps/${name}.yaml`]: manifest }, message: `Declare ${name}` });
    },
    push: (name, files, message = 'Change') => git.commit(name, { files, message }),
    healthy: async (name, commit, patience) => {
      let last: Head | undefined;
      const isHealthy = async (): Promise<boolean> => {
        last = await state.head(name);
        if (last?.sync.code !== 'Synced' || last.health.code !== 'Healthy') return false;
        return commit === undefined || last.deployed?.sources[0]?.revision === commit;
      };
      try {
        await eventually(`${name} is healthy${commit === undefined ? '' : ` at ${commit}`}`, isHealthy, patience);
        return last as Head;
      } catch (error) {
        throw new Error(`${messageOf(error)}\n${JSON.stringify(last)}\n${await lastLogs(functions)}`);
      }
    },
    live,
    value,
    arrives: async (name, wanted) => {
      await eventually(`${name} has ${wanted}`, async () => (await value(name)) === wanted);
    },
  };
}

/** What functions have said lately, for whoever looks why something has not come about. */
async function lastLogs(functions: Functions): Promise<string> {
  const names = ['webhook', 'schedule', 'render', 'sync', 'scan', 'restore', 'relay'];
  const logs = await Promise.all(
    names.map(async (name) => (await functions.logs(name).catch(() => [])).flatMap(toSaid)),
  );
  return names.map((name, index) => `${name}:${(logs[index] ?? []).slice(-8).map((said) => `\n  ${said}`)}`).join('\n');
}

/** Of a log's line what a person wants to read. */
function toSaid(line: string): readonly string[] {
  if (!line.startsWith('{')) return [];
  const { timestamp, level, message, application, service, _aws, ...rest } = JSON.parse(line) as Line;
  if (_aws !== undefined || service === undefined) return [];
  const more = Object.entries(rest).filter(([name]) => !/^(function_|cold_start|sampling)/.test(name));
  return [`${timestamp} ${level} ${application ?? ''} ${message} ${JSON.stringify(Object.fromEntries(more))}`];
}

type Line = { readonly [field: string]: unknown };

function applicationOf(name: string, repoURL: string, { annotations = {}, spec = {}, cluster }: Declaring): object {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, annotations },
    spec: {
      project: 'default',
      destination: { name: cluster ?? clusterNames.near, namespace: name },
      source: { repoURL, path: 'app', targetRevision: 'main' },
      syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
      ...spec,
    },
  };
}

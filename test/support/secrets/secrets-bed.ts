import { createSecretStores } from '../../../shared/composition/secret-stores.ts';
import type { Application } from '../../../shared/model/application.ts';
import type { Head } from '../../../shared/model/head.ts';
import type { Json } from '../../../shared/model/json.ts';
import type { SyncOutcome, SyncRequest } from '../../../shared/model/sync-request.ts';
import type { Ports } from '../../../shared/ports.ts';
import type { SecretPorts } from '../../../shared/secret-ports.ts';
import { loadHead } from '../../../shared/state/heads.ts';
import { refreshNow } from '../../../shared/workflows/serve/refresh-secrets.ts';
import { syncApplication } from '../../../shared/workflows/sync/sync.ts';
import { type Engine, type EngineOptions, type LiveTestObject, openEngine } from '../engine.ts';
import type { GitFiles } from '../git-repositories.ts';
import { testConceal } from './no-secrets.ts';
import { secretPorts } from './secret-ports.ts';

export type BedOptions = Pick<EngineOptions, 'controlPlane'> & {
  /** The operator's configuration; default: Fake stores are allowed. */
  readonly config?: Json;
  readonly secrets?: Partial<SecretPorts>;
  /** Merged into the Application's spec. */
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly annotations?: Application['annotations'];
};

type Settings = Partial<SyncRequest>;

/** An engine with secrets, and one application, `shop`, of the repository of that name. */
export type SecretsBed = {
  readonly engine: Engine;
  readonly application: Application;
  /** Makes a commit; gives its SHA. */
  commit(files: GitFiles, more?: { readonly remove?: readonly string[] }): Promise<string>;
  sync(settings?: Settings, ports?: Ports): Promise<SyncOutcome>;
  /** Reads the secrets again, and Git not. */
  refresh(ports?: Ports): Promise<SyncOutcome | undefined>;
  head(): Promise<Head>;
  /** Makes or changes a Secret as somebody else in the cluster does. */
  putSecret(name: string, data: Readonly<Record<string, string>>, metadata?: object): Promise<void>;
  /** One value of a live Secret; undefined: no such Secret or key. */
  value(secret: string, key?: string): Promise<string | undefined>;
  /** What a workload's pod template has been stamped with; undefined: it never was. */
  rollout(kind: string, name: string): Promise<string | undefined>;
  close(): Promise<void>;
};

/** Opens a bed with an empty repository. */
export async function openSecretsBed(options: BedOptions = {}): Promise<SecretsBed> {
  const { config = { allow: [{ fake: true }] }, secrets, spec, annotations = {}, controlPlane } = options;
  const stores = createSecretStores({ conceal: testConceal, timeoutMs: 5_000, keepMs: 0 });
  const engine = await openEngine({
    secrets: secretPorts(config, { stores, ...secrets }),
    ...(controlPlane === undefined ? {} : { controlPlane }),
  });
  await engine.git.createRepository('shop');
  const application = { ...engine.application('shop', spec), annotations };
  const asked = { application, project: engine.project };
  return {
    engine,
    application,
    commit: (files, more = {}) => engine.git.commit('shop', { files, ...more }),
    sync: (settings = {}, ports = engine.ports) =>
      syncApplication({ ...asked, reason: 'manual', prune: true, ...settings }, ports),
    refresh: (ports = engine.ports) => refreshNow(asked, ports, {}),
    head: async () => {
      const stored = await loadHead(engine.ports.store, 'shop');
      if (stored === undefined) throw new Error('shop was never synced');
      return stored.head;
    },
    putSecret: (name, data, metadata = {}) => putSecret(engine, { name, data, metadata }),
    value: async (secret, key = 'key') => decode((await engine.live('Secret', secret))?.data?.[key]),
    rollout: async (kind, name) => rolloutOf(await engine.live(kind, name, 'apps/v1')),
    close: async () => {
      await stores.close();
      await engine.close();
    },
  };
}

type Put = { readonly name: string; readonly data: Readonly<Record<string, string>>; readonly metadata: object };

async function putSecret({ objects, namespace, live }: Engine, { name, data, metadata }: Put): Promise<void> {
  const before = await live('Secret', name);
  const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')] as const);
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...before?.metadata, name, namespace, ...metadata },
    data: Object.fromEntries(encoded),
  };
  await (before === undefined ? objects.create(secret) : objects.replace(secret));
}

function decode(value: string | undefined): string | undefined {
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
}

type Template = {
  readonly template?: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } };
};

function rolloutOf(live: LiveTestObject | undefined): string | undefined {
  return (live?.spec as Template | undefined)?.template?.metadata?.annotations?.['plumbline.dev/secrets-hash'];
}

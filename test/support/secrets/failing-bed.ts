import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecretStores } from '../../../shared/composition/secret-stores.ts';
import type { Application } from '../../../shared/model/application.ts';
import type { SyncOutcome } from '../../../shared/model/sync-request.ts';
import type { Ports } from '../../../shared/ports.ts';
import { syncApplication } from '../../../shared/workflows/sync/sync.ts';
import { sharedControlPlane } from '../control-plane/shared-control-plane.ts';
import { type Engine, openEngine } from '../engine.ts';
import { type FaultyApiServer, startFaultyApiServer } from '../faults/faulty-api-server.ts';
import { type KvServer, startKvServer } from '../vault/kv-server.ts';
import { askVault, mountKv } from '../vault/vault-admin.ts';
import { LeakRecord } from './leak-record.ts';
import { Markers } from './markers.ts';
import { testConceal } from './no-secrets.ts';
import { type RecordingRunner, recordingRunner } from './recording-runner.ts';
import { secretPorts } from './secret-ports.ts';

/** The engine in this process, with a key-value server full of markers behind it and an API server that can be made to fail. */
export type FailingBed = {
  readonly engine: Engine;
  readonly ports: Ports;
  readonly markers: Markers;
  readonly record: LeakRecord;
  readonly vault: KvServer;
  readonly api: FaultyApiServer;
  /** Writes what is under a key. */
  put(key: string, data: object): Promise<void>;
  /** Commits files as the repository and application of that name. */
  declare(name: string, manifests: readonly string[], more?: Readonly<Record<string, string>>): Promise<Application>;
  /** Syncs it; what comes of it, thrown or not, is kept for the search. Undefined: it threw. */
  sync(
    application: Application,
    more?: Partial<Parameters<typeof syncApplication>[0]>,
  ): Promise<SyncOutcome | undefined>;
  /** How helm and kustomize were started, as they saw it. */
  started(): Promise<string>;
  /** Everything that may be looked at in the end, into the record. */
  gather(): Promise<void>;
  close(): Promise<void>;
};

/** Opens it. Values may stand in labels, and in ConfigMaps, when `allowsMore`. */
export async function openFailingBed({
  allowsMore = false,
}: {
  readonly allowsMore?: boolean;
} = {}): Promise<FailingBed> {
  const [vault, api, folder] = await Promise.all([
    startKvServer(),
    startFaultyApiServer({ kubeconfig: sharedControlPlane().kubeconfig }),
    mkdtemp(join(tmpdir(), 'plumb-failing-')),
  ]);
  const [markers, record] = [new Markers(), new LeakRecord()];
  const admin = { url: vault.url, token: markers.add('the token for Vault', vault.rootToken) };
  await mountKv(admin, 'kv', 'v2');
  const allow = {
    aws: { ownIdentity: true, secrets: ['*'], parameters: ['*'] },
    vault: [{ server: vault.url, paths: ['*'], ownCa: true }],
  };
  const more = allowsMore ? { metadata: true, targets: ['ConfigMap'] } : {};
  const stores = createSecretStores({ conceal: testConceal, timeoutMs: 400, keepMs: 0 });
  const secrets = secretPorts({ allow: [{ ...allow, ...more }] }, { stores });
  const [engine, recording] = await Promise.all([
    openEngine({ kubeconfig: api.kubeconfig, secrets }),
    recordingRunner(folder),
  ]);
  await createSecret(engine, 'vault-token', { token: vault.rootToken });
  const ports = { ...engine.ports, runner: recording.runner };
  return {
    ...{ engine, ports, markers, record, vault, api },
    put: async (key, data) => void (await askVault(admin, `kv/data/${key}`, { body: { data } })),
    declare: async (name, manifests, files = {}) => {
      const all = manifests.map((text, index) => [`app/${index}.yaml`, text]);
      await engine.git.createRepository(name, { ...Object.fromEntries(all), ...files });
      return engine.application(name, { syncPolicy: { automated: { prune: true } } });
    },
    sync: async (application, asked) => {
      try {
        const outcome = await syncApplication(
          { application, project: engine.project, reason: 'manual', ...asked },
          ports,
        );
        record.add(`the outcome of ${application.name}`, outcome);
        return outcome;
      } catch (error) {
        record.add(`what ${application.name} threw`, error);
        return undefined;
      }
    },
    started: async () => (await recording.recorded()).toString(),
    gather: () => gather({ engine, record, recording }),
    close: async () => {
      await Promise.all([stores.close(), engine.close(), api.close()]);
      await Promise.all([vault.stop(), rm(folder, { recursive: true, force: true })]);
    },
  };
}

type Gathering = { readonly engine: Engine; readonly record: LeakRecord; readonly recording: RecordingRunner };

async function gather({ engine, record, recording }: Gathering): Promise<void> {
  record.add('progress', engine.progress);
  record.add('progress as JSON', JSON.stringify(engine.progress));
  record.add('helm and kustomize', await recording.recorded().catch(() => ''));
  await record.addFolder('folders', engine.ports.scratch);
}

/** A Secret of the engine's namespace, past the failing API server. */
export async function createSecret(
  engine: Engine,
  name: string,
  stringData: Readonly<Record<string, string>>,
): Promise<void> {
  const metadata = { name, namespace: engine.namespace };
  await engine.objects.create({ apiVersion: 'v1', kind: 'Secret', metadata, stringData } as never);
}

/** A SecretStore that reads the key-value server. */
export function vaultStore(name: string, vault: object): string {
  const auth = { tokenSecretRef: { name: 'vault-token', key: 'token' } };
  const spec = { provider: { vault: { path: 'kv', version: 'v2', auth, ...vault } }, retrySettings: { maxRetries: 0 } };
  return JSON.stringify({ apiVersion: 'external-secrets.io/v1', kind: 'SecretStore', metadata: { name }, spec });
}

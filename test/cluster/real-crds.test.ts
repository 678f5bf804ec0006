import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '../../shared/model/json.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { parseManifests, parseYaml } from '../../shared/model/yaml.ts';
import { parseSecretsConfig } from '../../shared/secrets/config/parse-config.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane/start-control-plane.ts';
import { type Connection, connect } from '../support/crds/connect.ts';
import { type InstalledCrds, installCrds } from '../support/crds/install-crds.ts';
import { type CrdFolder, provideCrds } from '../support/crds/provide-crds.ts';
import { makeNamespace } from '../support/namespace.ts';

const examples = join(import.meta.dirname, '../../examples/secrets');

// Plumbline behaves differently where these kinds are served, so that this API server is nobody else's.
let crds: CrdFolder;
let controlPlane: ControlPlane;
let connection: Connection;
let namespace: string;
beforeAll(async () => {
  crds = await provideCrds();
  controlPlane = await startControlPlane({ controllers: false });
  connection = await connect(controlPlane.kubeconfig);
  namespace = (await makeNamespace(controlPlane.kubeconfig, 'crds')).name;
}, 600_000);
afterAll(async () => {
  connection.close();
  await controlPlane.stop();
});

function folderOf({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = kind.startsWith('Cluster') ? '' : `/namespaces/${namespace}`;
  return `${root}${place}/${kind.toLowerCase()}s`;
}

/** What `kubectl create` sends; undefined where the kind is not served. */
const create = (manifest: Manifest): Promise<Manifest | undefined> =>
  connection.send<Manifest>('POST', `${folderOf(manifest)}?fieldValidation=Strict`, { body: manifest });

const read = (manifest: Manifest, apiVersion = manifest.apiVersion): Promise<Manifest | undefined> =>
  connection.send<Manifest>('GET', `${folderOf({ ...manifest, apiVersion })}/${manifest.metadata.name}`);

/** What `kubectl apply --server-side --dry-run=server` sends. */
const dryRun = (manifest: Manifest): Promise<Manifest | undefined> =>
  connection.send<Manifest>(
    'PATCH',
    `${folderOf(manifest)}/${manifest.metadata.name}?fieldManager=kubectl&dryRun=All&fieldValidation=Strict`,
    { type: 'application/apply-patch+yaml', body: manifest },
  );

const toManifest = (type: string, spec: Json, name = 'valid'): Manifest => {
  const at = type.lastIndexOf('/');
  return { apiVersion: type.slice(0, at), kind: type.slice(at + 1), metadata: { name }, spec };
};

const store = { provider: { fake: { data: [{ key: 'crm', value: 'x' }] } } };
const wanted = {
  secretStoreRef: { kind: 'SecretStore', name: 'valid' },
  data: [{ secretKey: 'token', remoteRef: { key: 'crm' } }],
};
const real: readonly Manifest[] = [
  toManifest('external-secrets.io/v1/SecretStore', store),
  toManifest('external-secrets.io/v1/ClusterSecretStore', store),
  toManifest('external-secrets.io/v1/ExternalSecret', wanted),
  toManifest('bitnami.com/v1alpha1/SealedSecret', { encryptedData: { token: 'AgB4' } }),
];
const older = toManifest('external-secrets.io/v1beta1/ExternalSecret', wanted, 'older');

function useCrds(files: () => readonly string[]): void {
  let installed: InstalledCrds;
  beforeAll(async () => {
    installed = await installCrds(controlPlane.kubeconfig, files());
  });
  afterAll(() => installed.remove());
}

describe('The CRDs of today', () => {
  useCrds(() => [...crds.externalSecrets, ...crds.sealedSecrets]);

  it.each(real.map((manifest) => [manifest.kind, manifest] as const))('keep a valid %s', async (_kind, manifest) => {
    await create(manifest);
    expect(await read(manifest)).toMatchObject({ kind: manifest.kind, spec: manifest.spec });
  });

  it('serve no ExternalSecret of v1beta1', async () => {
    expect(await create(older)).toBeUndefined();
  });

  it.each([
    ['an unknown field', { ...wanted, secretStore: 'crm' }, 'unknown field \\"spec.secretStore\\"'],
    ['a policy that there is not', { ...wanted, target: { creationPolicy: 'Copy' } }, 'Unsupported value: \\"Copy\\"'],
    ['no key of the store', { ...wanted, data: [{ secretKey: 'token', remoteRef: {} }] }, 'remoteRef.key: Required'],
  ])('refuse an ExternalSecret with %s', async (_what, spec, reason) => {
    await expect(create(toManifest('external-secrets.io/v1/ExternalSecret', spec, 'wrong'))).rejects.toThrow(reason);
  });

  it.each(['aws', 'vault', 'template', 'generators', 'cluster-store'])(
    'accept all of examples/secrets/%s.yaml',
    async (name) => {
      const manifests = parseManifests(await readFile(join(examples, `${name}.yaml`), 'utf8'), name);
      const accepted = await Promise.all(manifests.map(dryRun));
      expect(accepted.map((each) => each?.kind)).toEqual(manifests.map(({ kind }) => kind));
    },
  );
});

describe('The CRDs of External Secrets 0.16', () => {
  useCrds(() => crds.externalSecretsV1beta1);

  it('serve an ExternalSecret of v1beta1 as v1 too', async () => {
    await create(older);
    expect(await read(older, 'external-secrets.io/v1')).toMatchObject({ spec: wanted });
  });
});

describe('CRDs that were taken out', () => {
  it.each([...real, older].map((each) => [each.apiVersion, each.kind, each] as const))(
    'leave nothing of %s %s',
    async (_apiVersion, _kind, manifest) => {
      expect(await connection.send('GET', folderOf(manifest))).toBeUndefined();
    },
  );
});

describe('examples/secrets/plumbline-secrets.yaml', () => {
  it('is a configuration that can be used', async () => {
    const name = 'plumbline-secrets.yaml';
    const config = parseSecretsConfig(parseYaml(await readFile(join(examples, name), 'utf8'), name), name);
    expect(config).toMatchObject({ mode: 'auto', controllerClass: 'plumbline', grants: [{ projects: ['kotaemon'] }] });
    expect(config.sealingKeys).toHaveLength(2);
  });
});

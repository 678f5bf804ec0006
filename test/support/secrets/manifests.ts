type Fields = Readonly<Record<string, unknown>>;

/** A SecretStore that reads the Secrets of its own namespace, which everybody may. */
export function ownStore(name: string, namespace: string): string {
  return manifest('SecretStore', { name }, { provider: { kubernetes: { remoteNamespace: namespace } } });
}

/** A SecretStore of a Vault's KV engine `kv`, opened with the token in Secret `vault`. */
export function vaultStore(name: string, server: string, version: 'v1' | 'v2' = 'v2'): string {
  const auth = { tokenSecretRef: { name: 'vault', key: 'token' } };
  return manifest('SecretStore', { name }, { provider: { vault: { server, path: 'kv', version, auth } } });
}

/** A SecretStore of AWS Secrets Manager, with Plumbline's own rights. */
export function awsStore(name: string, more: { readonly region: string; readonly prefix?: string }): string {
  return manifest('SecretStore', { name }, { provider: { aws: { service: 'SecretsManager', ...more } } });
}

/** A SecretStore with values of its own. */
export function fakeStore(name: string, data: Readonly<Record<string, string>>): string {
  const entries = Object.entries(data).map(([key, value]) => ({ key, value }));
  return manifest('SecretStore', { name }, { provider: { fake: { data: entries } } });
}

/** An ExternalSecret of the store `store`; rows are `key` or `key#property` at the provider, by key of the Secret. */
export function externalSecret(
  name: string,
  rows: Readonly<Record<string, string>>,
  { annotations = {}, namespace, ...spec }: Fields = {},
): string {
  const data = Object.entries(rows).map(([secretKey, path]) => {
    const [key, property] = path.split('#');
    return { secretKey, remoteRef: { key, ...(property === undefined ? {} : { property }) } };
  });
  return manifest(
    'ExternalSecret',
    { name, annotations, namespace },
    { secretStoreRef: { name: 'store' }, data, ...spec },
  );
}

/** A ClusterSecretStore or ClusterExternalSecret. */
export function clusterWide(kind: string, name: string, spec: Fields): string {
  return manifest(kind, { name }, spec);
}

/** A Deployment whose pods read a Secret as environment. */
export function readerOf(secret: string, name = 'web', metadata: Fields = {}): string {
  const containers = [
    { name: 'main', image: 'registry.example.com/app:1', envFrom: [{ secretRef: { name: secret } }] },
  ];
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...metadata },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers } },
    },
  });
}

function manifest(kind: string, { name, ...metadata }: { readonly name: string } & Fields, spec: Fields): string {
  return JSON.stringify({ apiVersion: 'external-secrets.io/v1', kind, metadata: { name, ...metadata }, spec });
}

import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { readSealingCertificate, sealSecret } from '../../../shared/secrets/sealed/seal.ts';
import { createAgeKey } from '../secret-tools/age-keys.ts';
import { createKeys } from '../secret-tools/sealing-keys.ts';
import { encryptForAge, encryptManifest } from '../secret-tools/sops-file.ts';
import { externalSecret, readerOf } from './manifests.ts';
import type { Markers } from './markers.ts';

/** Where things are that manifests and the operator's configuration name. */
export type LeakPlaces = {
  readonly folder: string;
  readonly vaultUrl: string;
  readonly namespace: string;
  readonly source: string;
};

export type LeakFiles = {
  /** The folder `app` of the repository. */
  readonly files: Readonly<Record<string, string>>;
  /** Path of the operator's configuration. */
  readonly secretsConfig: string;
  /** Folder of the sealing keys. */
  readonly keys: string;
};

/** Manifests of an application that takes secrets from everywhere, and the configuration that allows it. */
export async function writeLeakFiles(markers: Markers, places: LeakPlaces): Promise<LeakFiles> {
  const keys = join(places.folder, 'sealing-keys');
  await mkdir(keys, { mode: 0o700 });
  const [sealingKey = ''] = await createKeys(1);
  markers.pem('a sealing key', sealingKey);
  await writeFile(join(keys, 'one.pem'), sealingKey, { mode: 0o600 });
  const age = await createAgeKey();
  markers.add('an age identity', age.identity.slice('AGE-SECRET-KEY-1'.length));
  await writeFile(join(places.folder, 'age.txt'), age.identity, { mode: 0o600 });
  const secretsConfig = join(places.folder, 'secrets.json');
  await writeFile(secretsConfig, JSON.stringify(configuration(places, keys)));
  const sealed = sealSecret(plainSecret('sealed', places, { token: markers.special('a sealed value') }), {
    key: readSealingCertificate(sealingKey.slice(sealingKey.indexOf('-----BEGIN CERTIFICATE')), new Date('2024-01-02')),
    randomBytes: (length) => randomBytes(length),
  });
  const dataKey = markers.add('the data key of a SOPS file', randomBytes(32));
  const sops = encryptManifest(plainSecret('encrypted', places, { token: markers.special('a value in a SOPS file') }), {
    dataKey,
    block: { age: [{ recipient: age.recipient, enc: await encryptForAge(dataKey, age.recipient) }] },
  });
  return {
    files: { ...manifests(places), 'app/sealed.yaml': JSON.stringify(sealed), 'app/sops.yaml': JSON.stringify(sops) },
    secretsConfig,
    keys,
  };
}

function plainSecret(name: string, { namespace }: LeakPlaces, values: Readonly<Record<string, string>>): Manifest {
  const data = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, data: Object.fromEntries(data) };
}

function configuration({ vaultUrl, source }: LeakPlaces, keys: string): object {
  return {
    allow: [
      {
        aws: { ownIdentity: true, secrets: ['*'], parameters: ['*'] },
        vault: [{ server: vaultUrl, paths: ['*'] }],
        kubernetes: [{ namespaces: [source] }],
        fake: true,
      },
    ],
    sealedSecrets: { keys: [{ folder: keys }] },
    sops: { age: [{ file: join(keys, '..', 'age.txt') }] },
  };
}

function manifests({ vaultUrl, source }: LeakPlaces): Readonly<Record<string, string>> {
  const secretRef = {
    accessKeyIDSecretRef: { name: 'aws-keys', key: 'id' },
    secretAccessKeySecretRef: { name: 'aws-keys', key: 'secret' },
  };
  const aws = (service: string): object => ({ aws: { service, region: 'us-east-1', auth: { secretRef } } });
  const vault = {
    server: vaultUrl,
    path: 'kv',
    version: 'v2',
    auth: { tokenSecretRef: { name: 'vault-token', key: 'token' } },
  };
  const data = {
    'config.yaml': 'url: postgres://{{ .user }}:{{ .password | urlquery }}@db\nquoted: {{ .password | quote }}\n',
    auth: '{{ printf "%s:%s" .user .password | b64enc }}',
    hashed: '{{ .password | sha256sum }}',
  };
  return {
    'app/stores.yaml': [
      store('store', aws('SecretsManager')),
      store('ssm', aws('ParameterStore')),
      store('vault', { vault }),
      store('cluster', { kubernetes: { remoteNamespace: source } }),
    ].join('\n---\n'),
    'app/aws.yaml': externalSecret(
      'aws',
      { user: 'shop/db#user', password: 'shop/db#password', port: 'shop/db#port', blob: 'shop/blob' },
      { refreshInterval: '1s' },
    ),
    'app/templated.yaml': externalSecret(
      'templated',
      { user: 'shop/db#user', password: 'shop/db#password' },
      { target: { template: { data } } },
    ),
    'app/ssm.yaml': externalSecret('ssm', { token: '/shop/token' }, { secretStoreRef: { name: 'ssm' } }),
    'app/vault.yaml': externalSecret(
      'vault',
      { token: 'shop/crm#token', pin: 'shop/crm#pin' },
      { secretStoreRef: { name: 'vault' } },
    ),
    'app/cluster.yaml': externalSecret(
      'cluster',
      { password: 'redis#password', all: 'redis' },
      { secretStoreRef: { name: 'cluster' } },
    ),
    'app/web.yaml': readerOf('aws'),
  };
}

function store(name: string, provider: object): string {
  return JSON.stringify({
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: { name },
    spec: { provider },
  });
}

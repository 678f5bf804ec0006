import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SSM } from '@aws-sdk/client-ssm';
import type { KubernetesObjectApi } from '@kubernetes/client-node';
import { type Emulator, startEmulator } from '../aws/start-emulator.ts';
import { startVault } from '../vault/start-vault.ts';
import { askVault, makeToken, mountKv, putPolicy } from '../vault/vault-admin.ts';
import type { Markers } from './markers.ts';

/** Providers that hold nothing but markers. */
export type LeakProviders = {
  readonly emulator: Emulator;
  readonly vaultUrl: string;
  /** Changes every value at every provider. */
  rotate(round: string): Promise<void>;
  stop(): Promise<void>;
};

type Place = {
  readonly objects: KubernetesObjectApi;
  /** Where the application is, with the credentials of its stores. */
  readonly namespace: string;
  /** What the Kubernetes provider reads. */
  readonly source: string;
};

/** Starts AWS and Vault, fills them, and puts the stores' credentials, which are markers too, into the namespace. */
export async function startLeakProviders(
  markers: Markers,
  { objects, namespace, source }: Place,
): Promise<LeakProviders> {
  const [emulator, vault] = await Promise.all([startEmulator(), startVault()]);
  const access = { region: emulator.region, endpoint: emulator.endpoint, credentials: emulator.credentials };
  const secretsManager = new SecretsManager(access);
  const parameters = new SSM(access);
  await mountKv(vault, 'kv', 'v2');
  await putPolicy(vault, 'reader', 'path "kv/*" { capabilities = ["read", "list"] }');
  const token = markers.add('the token for Vault', await makeToken(vault, ['reader']));
  await createSecret(objects, { namespace, name: 'vault-token' }, { token });
  await createSecret(
    objects,
    { namespace, name: 'aws-keys' },
    {
      id: markers.text('an access key of AWS'),
      secret: markers.text('a secret key of AWS'),
    },
  );
  await createSecret(
    objects,
    { namespace: source, name: 'redis' },
    { password: markers.special('redis in Kubernetes') },
  );
  let isFirst = true;
  return {
    emulator,
    vaultUrl: vault.url,
    rotate: async (round) => {
      const { json, binary, text, crm } = valuesOf(markers, round);
      const contents = { 'shop/db': { SecretString: json }, 'shop/blob': { SecretBinary: binary } };
      for (const [key, content] of Object.entries(contents)) {
        if (isFirst) await secretsManager.createSecret({ Name: key, ...content });
        else await secretsManager.putSecretValue({ SecretId: key, ...content });
      }
      await parameters.putParameter({ Name: '/shop/token', Value: text, Type: 'SecureString', Overwrite: true });
      await askVault(vault, 'kv/data/shop/crm', { body: { data: crm } });
      isFirst = false;
    },
    stop: async () => {
      secretsManager.destroy();
      parameters.destroy();
      await Promise.all([emulator.stop(), vault.stop()]);
    },
  };
}

type Values = { readonly json: string; readonly binary: Uint8Array; readonly text: string; readonly crm: object };

function valuesOf(markers: Markers, round: string): Values {
  const db = {
    user: markers.text(`${round}: user in Secrets Manager`),
    password: markers.special(`${round}: password in Secrets Manager`),
    port: markers.digits(`${round}: number in Secrets Manager`),
    [markers.text(`${round}: key inside a value`)]: { list: [{ deep: markers.special(`${round}: deep in a value`) }] },
  };
  return {
    json: JSON.stringify(db),
    binary: markers.binary(`${round}: bytes in Secrets Manager`),
    text: markers.special(`${round}: a parameter`),
    crm: {
      token: markers.special(`${round}: a token in Vault`),
      [markers.text(`${round}: key in Vault`)]: 'x',
      pin: markers.digits(`${round}: number in Vault`),
    },
  };
}

async function createSecret(
  objects: KubernetesObjectApi,
  metadata: { readonly namespace: string; readonly name: string },
  stringData: Readonly<Record<string, string>>,
): Promise<void> {
  await objects.create({ apiVersion: 'v1', kind: 'Secret', metadata, stringData } as never);
}

import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SSM } from '@aws-sdk/client-ssm';
import { type AwsStores, createAwsStores } from '../../../shared/adapters/aws/open-aws-store.ts';
import type { Cluster } from '../../../shared/cluster-ports.ts';
import type { AwsStore } from '../../../shared/model/aws-store.ts';
import type { SecretProvider, StoreAccess } from '../../../shared/secret-ports.ts';
import { conceal, type ProviderBed } from '../../contract/secret-provider.ts';
import { allowUser, createUser, type Statement, type UserKeys } from './iam.ts';
import type { Emulator } from './start-emulator.ts';

const user = 'reader';

/** A store whose auth are keys in a Secret of the cluster. */
export function awsStore(service: AwsStore['service'], more: Partial<AwsStore> = {}): AwsStore {
  return {
    type: 'aws',
    service,
    region: 'us-east-1',
    auth: {
      type: 'keys',
      accessKeyId: { name: 'aws', key: 'id' },
      secretAccessKey: { name: 'aws', key: 'secret' },
    },
    additionalRoles: [],
    sessionTagsPolicy: 'None',
    sessionTags: [],
    transitiveTagKeys: [],
    prefix: '',
    ...more,
  };
}

/** A cluster that has these keys in a Secret, and no ServiceAccount. */
export function accessWith(keys: UserKeys, more: Partial<StoreAccess> = {}): StoreAccess {
  return {
    namespace: 'shop',
    cluster: { name: 'test' } as Cluster,
    readSecretKey: async ({ key }) =>
      conceal(Buffer.from(key === 'id' ? keys.accessKeyId : `${keys.secretAccessKey}\n`)),
    readConfigMapKey: async () => '',
    requestToken: async () => conceal(Buffer.from('token')),
    readAccountAnnotation: async () => undefined,
    ...more,
  };
}

/** Opens a store as SecretStore shop/aws. */
export function openStore(stores: AwsStores, provider: AwsStore, access: StoreAccess): Promise<SecretProvider> {
  const ref = { kind: 'SecretStore', namespace: 'shop', name: 'aws' } as const;
  return stores.open({ ref, conditions: [], provider }, access);
}

/** Secrets Manager of an emulator that enforces IAM, read by a user who may read all until it is denied. */
export async function openSecretsManagerBed(emulator: Emulator): Promise<ProviderBed> {
  const { provider, deny } = await openBed(emulator, 'SecretsManager');
  const client = new SecretsManager({
    region: emulator.region,
    endpoint: emulator.endpoint,
    credentials: emulator.credentials,
  });
  const put: Put = async (key, value, tags = {}) => {
    const content = typeof value === 'string' ? { SecretString: value } : { SecretBinary: value };
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const isNew = await client.describeSecret({ SecretId: key }).then(
      () => false,
      () => true,
    );
    const { VersionId } = isNew
      ? await client.createSecret({ Name: key, Tags, ...content })
      : await client.putSecretValue({ SecretId: key, ...content });
    return `uuid/${VersionId}`;
  };
  return {
    provider,
    put: async (...args) => void (await put(...args)),
    putVersion: (key, value) => put(key, value),
    remove: async (key) => void (await client.deleteSecret({ SecretId: key })),
    deny: (key) => deny('secretsmanager:GetSecretValue', `arn:aws:secretsmanager:*:*:secret:${key}-??????`),
    binary: true,
    metadata: true,
    tags: true,
    pathRoot: '',
    close: async () => client.destroy(),
  };
}

/** Parameter Store of an emulator that enforces IAM. */
export async function openParameterStoreBed(emulator: Emulator): Promise<ProviderBed> {
  const { provider, deny } = await openBed(emulator, 'ParameterStore');
  const client = new SSM({ region: emulator.region, endpoint: emulator.endpoint, credentials: emulator.credentials });
  const put: Put = async (key, value, tags = {}) => {
    const Tier = value.length > 4096 ? 'Advanced' : 'Standard';
    const input = { Name: key, Value: `${value}`, Type: 'SecureString', Tier, Overwrite: true } as const;
    const { Version } = await client.putParameter(input);
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    if (Tags.length > 0) await client.addTagsToResource({ ResourceType: 'Parameter', ResourceId: key, Tags });
    return `${Version}`;
  };
  return {
    provider,
    put: async (...args) => void (await put(...args)),
    putVersion: (key, value) => put(key, value),
    remove: async (key) => void (await client.deleteParameter({ Name: key })),
    // As on AWS, one name that is denied spoils a GetParameters, which the emulator asks about as a whole.
    deny: async (key) => {
      await deny('ssm:GetParameters', '*');
      await deny('ssm:GetParameter', `arn:aws:ssm:*:*:parameter/${key}`);
    },
    metadata: true,
    // The emulator does neither refuse unknown names here nor filter by tags.
    takesAbsentForUntagged: true,
    pathRoot: '/',
    close: async () => client.destroy(),
  };
}

type Put = (key: string, value: string | Uint8Array, tags?: { readonly [key: string]: string }) => Promise<string>;

type OpenedBed = {
  readonly provider: SecretProvider;
  deny(action: Statement['Action'], resource: string): Promise<void>;
};

async function openBed(emulator: Emulator, service: AwsStore['service']): Promise<OpenedBed> {
  await emulator.reset();
  const keys = await createUser(emulator, user);
  const statements: Statement[] = [{ Effect: 'Allow', Action: ['secretsmanager:*', 'ssm:*', 'kms:*'], Resource: '*' }];
  await allowUser(emulator, user, statements);
  const stores = createAwsStores({ conceal, keepMs: 0 });
  return {
    provider: await openStore(stores, awsStore(service), accessWith(keys)),
    deny: async (Action, Resource) => {
      statements.push({ Effect: 'Deny', Action, Resource });
      await allowUser(emulator, user, statements);
    },
  };
}

import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createAwsStores } from '../../../../shared/adapters/aws/open-aws-store.ts';
import type { AwsIdentity } from '../../../../shared/model/aws-store.ts';
import type { SecretStore } from '../../../../shared/model/secret-store.ts';
import type { StoreAccess } from '../../../../shared/secret-ports.ts';
import { conceal } from '../../../contract/secret-provider.ts';
import { accessWith, awsStore } from '../../../support/aws/aws-beds.ts';
import { failureOf } from '../../../support/failure-of.ts';

const mock = mockClient(STSClient);
const keys = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
const role = (name: string): string => `arn:aws:iam::000000000000:role/${name}`;

let requests: object[] = [];

beforeEach(() => {
  mock.reset();
  requests = [];
  for (const command of [AssumeRoleCommand, AssumeRoleWithWebIdentityCommand] as const)
    mock.on(command as typeof AssumeRoleCommand).callsFake(async (input, getClient: () => STSClient) => {
      // The real client signs, for which it needs whom it calls as.
      await getClient().config.credentials();
      requests.push(input);
      return { Credentials: credentialsOf(input.RoleArn) };
    });
});

function credentialsOf(name: string, lifeMs = 3_600_000): object {
  const Expiration = new Date(Date.now() + lifeMs);
  return { AccessKeyId: name, SecretAccessKey: 'secret', SessionToken: 'token', Expiration };
}

function store(more: Partial<AwsIdentity>): SecretStore & { readonly provider: ReturnType<typeof awsStore> } {
  const ref = { kind: 'ClusterSecretStore', namespace: '', name: 'aws' } as const;
  return { ref, conditions: [], provider: awsStore('SecretsManager', more) };
}

/** The requests to STS that opening a store makes, in order. */
async function assumed(more: Partial<AwsIdentity>, access: StoreAccess = accessWith(keys)): Promise<readonly object[]> {
  await createAwsStores({ conceal }).open(store(more), access);
  return requests;
}

describe('the roles of a store', () => {
  it('are assumed one after another, the last with external id and tags', async () => {
    const made = await assumed({
      additionalRoles: [role('first'), role('second')],
      role: role('last'),
      externalId: 'ours',
      sessionTagsPolicy: 'Custom',
      sessionTags: [
        { key: 'team', value: 'red' },
        { key: 'esonamespace', value: 'forged' },
      ],
      transitiveTagKeys: ['team'],
    });
    const RoleSessionName = 'plumbline-shop-aws';
    expect(made).toEqual([
      { RoleArn: role('first'), RoleSessionName },
      { RoleArn: role('second'), RoleSessionName },
      {
        RoleArn: role('last'),
        RoleSessionName,
        ExternalId: 'ours',
        Tags: [
          { Key: 'esoNamespace', Value: 'shop' },
          { Key: 'esoStoreName', Value: 'aws' },
          { Key: 'esoStoreKind', Value: 'ClusterSecretStore' },
          { Key: 'team', Value: 'red' },
        ],
        TransitiveTagKeys: ['team'],
      },
    ]);
  });

  it.each([
    ['None', []],
    ['Simple', ['esoNamespace', 'esoStoreName', 'esoStoreKind']],
  ] as const)('are assumed with the tags of the policy %s', async (sessionTagsPolicy, wanted) => {
    const [request] = await assumed({ role: role('one'), sessionTagsPolicy });
    const { Tags = [] } = request as { readonly Tags?: readonly { readonly Key: string }[] };
    expect(Tags.map(({ Key }) => Key)).toEqual(wanted);
  });

  it('are assumed once for all namespaces that a store does not tell apart', async () => {
    const stores = createAwsStores({ conceal });
    for (const namespace of ['shop', 'bank'])
      await stores.open(store({ role: role('one') }), accessWith(keys, { namespace }));
    expect(requests).toEqual([{ RoleArn: role('one'), RoleSessionName: 'plumbline-aws' }]);
  });

  it('are assumed once for all stores with the same rights, and once more for a namespace with tags of its own', async () => {
    const stores = createAwsStores({ conceal });
    const tagged = store({ role: role('one'), sessionTagsPolicy: 'Simple' });
    await Promise.all([1, 2, 3].map(() => stores.open(tagged, accessWith(keys))));
    expect(mock.commandCalls(AssumeRoleCommand)).toHaveLength(1);
    await stores.open(tagged, accessWith(keys, { namespace: 'bank' }));
    expect(mock.commandCalls(AssumeRoleCommand)).toHaveLength(2);
  });

  it('are assumed anew shortly before their credentials end', async () => {
    mock.on(AssumeRoleCommand).callsFake(() => ({ Credentials: credentialsOf('short', 60_000) }));
    const stores = createAwsStores({ conceal });
    await stores.open(store({ role: role('one') }), accessWith(keys));
    await stores.open(store({ role: role('one') }), accessWith(keys));
    expect(mock.commandCalls(AssumeRoleCommand)).toHaveLength(2);
  });

  it('get a name of a session that AWS takes, however long the names are', async () => {
    const long = 'a'.repeat(60);
    const ref = { kind: 'SecretStore', namespace: long, name: 'über' } as const;
    const provider = awsStore('SecretsManager', { role: role('one') });
    await createAwsStores({ conceal }).open({ ref, conditions: [], provider }, accessWith(keys, { namespace: long }));
    const [call] = mock.commandCalls(AssumeRoleCommand);
    expect(call?.args[0].input.RoleSessionName).toMatch(/^plumbline-[\w+=,.@-]{1,54}$/);
  });

  it('that may not be assumed are named, and nothing that AWS said is', async () => {
    const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
    mock.on(AssumeRoleCommand).rejects(Object.assign(new Error('c4n4ry sts:TagSession'), denied));
    const error = await failureOf(createAwsStores({ conceal }).open(store({ role: role('one') }), accessWith(keys)));
    expect(error).toMatchObject({
      code: 'secret-denied',
      message: `ClusterSecretStore aws: cannot log in to AWS: AWS denies sts:TagSession, to assume ${role('one')}`,
    });
    expect(error.cause).toBeUndefined();
  });
});

describe('a ServiceAccount as auth', () => {
  const auth = { type: 'service-account', account: { name: 'reader', audiences: ['more'] } } as const;

  function accountAccess(annotations: { readonly [name: string]: string }, asked: unknown[] = []): StoreAccess {
    return accessWith(keys, {
      readAccountAnnotation: async (_, name) => annotations[name],
      requestToken: async (account) => {
        asked.push(account);
        return conceal(Buffer.from('token'));
      },
    });
  }

  it('takes the role of its annotation with a token of the cluster, and goes on from there', async () => {
    const asked: unknown[] = [];
    const access = accountAccess({ 'eks.amazonaws.com/role-arn': role('irsa') }, asked);
    const RoleSessionName = 'plumbline-aws';
    expect(await assumed({ auth, role: role('last') }, access)).toEqual([
      { RoleArn: role('irsa'), RoleSessionName, WebIdentityToken: 'token' },
      { RoleArn: role('last'), RoleSessionName },
    ]);
    expect(asked).toEqual([{ name: 'reader', audiences: ['sts.amazonaws.com', 'more'] }]);
  });

  it('asks for the audience of its annotation', async () => {
    const asked: unknown[] = [];
    const annotations = { 'eks.amazonaws.com/role-arn': role('irsa'), 'eks.amazonaws.com/audience': 'ours' };
    await assumed({ auth }, accountAccess(annotations, asked));
    expect(asked).toEqual([{ name: 'reader', audiences: ['ours', 'more'] }]);
  });

  it('without a role is an error that says which annotation is missing', async () => {
    const error = await failureOf(createAwsStores({ conceal }).open(store({ auth }), accountAccess({})));
    expect(error).toMatchObject({
      code: 'secret-invalid',
      message: 'ClusterSecretStore aws: ServiceAccount shop/reader names no role',
      hint: expect.stringContaining('eks.amazonaws.com/role-arn'),
    });
  });
});

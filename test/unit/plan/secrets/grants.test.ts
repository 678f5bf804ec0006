import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../../../shared/model/json.ts';
import type { ProviderSpec } from '../../../../shared/model/secret-store.ts';
import {
  allowsMetadata,
  allowsTarget,
  forbiddenGenerator,
  forbiddenSecret,
  sopsKeysFor,
} from '../../../../shared/plan/secrets/grants.ts';
import { parseSecretsConfig } from '../../../../shared/secrets/config/parse-config.ts';

const shop = { project: 'shop', namespace: 'shop-prod' };
const config = (allow: Json) => parseSecretsConfig({ allow }, 'the test');

const aws = (more: object = {}): ProviderSpec => ({
  type: 'aws',
  service: 'SecretsManager',
  region: 'eu-central-1',
  prefix: '',
  additionalRoles: [],
  sessionTagsPolicy: 'None',
  sessionTags: [],
  transitiveTagKeys: [],
  ...more,
});
const role = 'arn:aws:iam::111122223333:role/shop';
const granted = [
  {
    projects: ['shop'],
    namespaces: ['shop-*'],
    aws: { roles: [role], regions: ['eu-*'], secrets: ['shop/*'], parameters: ['/shop/*'] },
    vault: [{ server: 'https://vault.example:8200', paths: ['secret/shop/*'] }],
    kubernetes: [{ server: '', namespaces: ['shared'] }],
  },
];
const vault = (more: object = {}): ProviderSpec => ({
  type: 'vault',
  server: 'https://vault.example:8200',
  path: 'secret',
  version: 'v2',
  headers: {},
  readYourWrites: false,
  forwardInconsistent: false,
  auth: { type: 'token', token: { name: 'vault', key: 'token' } },
  ...more,
});
const kubernetes = (remoteNamespace: string, more: object = {}): ProviderSpec => ({
  type: 'kubernetes',
  remoteNamespace,
  ...more,
});

describe('What a grant allows', () => {
  it.each<[what: string, provider: ProviderSpec, key: string]>([
    ['a name below its prefix, by its role', aws({ role }), 'shop/db'],
    ['the same by its ARN', aws({ role }), 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/db-AbCdEf'],
    [
      'the same by its ARN without the random end',
      aws({ role }),
      'arn:aws:secretsmanager:eu-central-1:1:secret:shop/db',
    ],
    ['the same behind the prefix of the store', aws({ role, prefix: 'shop/' }), 'db'],
    ['a parameter', aws({ role, service: 'ParameterStore' }), '/shop/db'],
    ['a path of its Vault', vault(), 'shop/crm'],
    ['the same with the mount in front', vault(), 'secret/data/shop/crm'],
    ['a Secret of its own namespace', kubernetes('shop-prod'), 'anything'],
    ['a Secret of a namespace that is named', kubernetes('shared'), 'anything'],
  ])('is %s', (_what, provider, key) => {
    expect(forbiddenSecret(config(granted), shop, { provider, key })).toBeUndefined();
  });

  it.each<[what: string, provider: ProviderSpec, key: string, reason: RegExp]>([
    ['a name elsewhere', aws({ role }), 'other/db', /other\/db is not among `aws.secrets`/],
    ['a name that climbs', aws({ role }), 'shop/../other/db', /not among/],
    ['a region that is not named', aws({ role, region: 'us-east-1' }), 'shop/db', /region us-east-1/],
    ['a role that is not named', aws({ role: `${role}-admin` }), 'shop/db', /role .*shop-admin is not among/],
    ['a role that is gone through', aws({ role, additionalRoles: [`${role}-admin`] }), 'shop/db', /shop-admin/],
    ["Plumbline's own rights", aws(), 'shop/db', /names no role/],
    [
      'a secret by way of Parameter Store',
      aws({ role, service: 'ParameterStore' }),
      '/aws/reference/secretsmanager/other/db',
      /other\/db is not among `aws.secrets`/,
    ],
    [
      'the same by its ARN',
      aws({ role, service: 'ParameterStore' }),
      'arn:aws:ssm:eu-central-1:1:parameter/aws/reference/secretsmanager/other/db',
      /other\/db is not among `aws.secrets`/,
    ],
    [
      'an ARN of another region',
      aws({ role }),
      'arn:aws:secretsmanager:us-east-1:1:secret:shop/db-AbCdEf',
      /no ARN of SecretsManager in region eu-central-1/,
    ],
    [
      'an ARN of another service',
      aws({ role }),
      'arn:aws:ssm:eu-central-1:1:parameter/other:secret:shop/db',
      /no ARN of SecretsManager/,
    ],
    [
      'an ARN behind the prefix of the store, which no name is',
      aws({ role, prefix: 'x' }),
      'arn:aws:secretsmanager:eu-central-1:1:secret:shop/db-AbCdEf',
      /xarn.* is not among/,
    ],
    ['another Vault', vault({ server: 'https://evil.example' }), 'shop/crm', /Vault server https:\/\/evil.example/],
    ['another path of it', vault(), 'other/crm', /Vault path secret\/other\/crm/],
    ['a path that climbs', vault(), 'shop/../other', /Vault/],
    ['data twice, which is another path', vault(), 'data/shop/crm', /Vault path secret\/data\/shop\/crm/],
    ['a CA that the store brings', vault({ caBundle: 'PEM' }), 'shop/crm', /CA of the store's own/],
    ['another namespace', kubernetes('kube-system'), 'anything', /namespace kube-system of this cluster/],
    [
      'another API server',
      kubernetes('shared', { server: { url: 'https://other:6443' } }),
      'x',
      /https:\/\/other:6443/,
    ],
    ['a Fake store', { type: 'fake', data: [] }, 'x', /Fake stores/],
  ])('is not %s', (_what, provider, key, reason) => {
    expect(forbiddenSecret(config(granted), shop, { provider, key })).toMatch(reason);
  });

  it('is nothing where no grant is configured, and that is said', () => {
    const asked = { provider: aws({ role }), key: 'shop/db' };
    expect(forbiddenSecret({ ...config(granted), grants: [] }, shop, asked)).toMatch(
      /no configuration of secrets is given/,
    );
  });

  it.each([
    ['of another project', { ...shop, project: 'other' }],
    ['in another namespace', { ...shop, namespace: 'kube-system' }],
    ['in one whose name only contains what is allowed', { ...shop, namespace: 'not-shop-prod' }],
  ])('is nothing for an application %s', (_what, asker) => {
    expect(forbiddenSecret(config(granted), asker, { provider: aws({ role }), key: 'shop/db' })).toMatch(
      /nothing is allowed/,
    );
  });

  it('is a secret of just that name, and none whose name goes on as an ARN does', () => {
    const exact = config([{ aws: { roles: [role], secrets: ['shop/db'] } }]);
    const ask = (key: string) => forbiddenSecret(exact, shop, { provider: aws({ role }), key });
    expect(ask('shop/db')).toBeUndefined();
    expect(ask('arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/db-backup')).toMatch(
      /shop\/db-backup is not among/,
    );
  });

  it('is a secret by way of Parameter Store where the secret itself is allowed', () => {
    const provider = aws({ role, service: 'ParameterStore' });
    const all = config([{ aws: { roles: [role], secrets: ['shop/*'], parameters: ['*'] } }]);
    const ask = (key: string) => forbiddenSecret(all, shop, { provider, key });
    expect(ask('/aws/reference/secretsmanager/shop/db')).toBeUndefined();
    expect(ask('/aws/reference/secretsmanager/prod/db')).toMatch(/prod\/db is not among `aws.secrets`/);
  });

  it('is a path in the namespace of Vault that stands before it', () => {
    const inTeam = config([{ vault: [{ server: 'https://vault.example:8200', paths: ['team/secret/shop/*'] }] }]);
    const ask = (more: object) => forbiddenSecret(inTeam, shop, { provider: vault(more), key: 'shop/crm' });
    expect(ask({ namespace: 'team' })).toBeUndefined();
    expect(ask({ namespace: '/team/' })).toBeUndefined();
    expect(ask({ namespace: 'other' })).toMatch(/other\/secret\/shop\/crm/);
    expect(ask({ namespace: 'team/../other' })).toMatch(/not among/);
    expect(ask({})).toMatch(/Vault path secret\/shop\/crm/);
    const granting = { provider: vault({ namespace: 'other' }), key: 'shop/crm' };
    expect(forbiddenSecret(config(granted), shop, granting)).toMatch(/Vault path other\/secret\/shop\/crm/);
  });

  it('is not put together from two grants', () => {
    const both = config([{ aws: { roles: [role], secrets: [] } }, { aws: { roles: [], secrets: ['shop/*'] } }]);
    expect(forbiddenSecret(both, shop, { provider: aws({ role }), key: 'shop/db' })).toBeDefined();
  });

  it("is Plumbline's own rights only where it says so", () => {
    const own = config([{ aws: { ownIdentity: true, secrets: ['*'] } }]);
    expect(forbiddenSecret(own, shop, { provider: aws(), key: 'shop/db' })).toBeUndefined();
  });

  it('is a login to Vault with an AWS identity only where that identity is allowed', () => {
    const iam = { type: 'iam', path: 'aws', region: 'eu-central-1', vaultRole: 'shop' } as const;
    const ask = (allow: Json, auth: object) =>
      forbiddenSecret(config(allow), shop, { provider: vault({ auth }), key: 'shop/crm' });
    const own = [{ ...granted[0], aws: { ownIdentity: true } }];
    expect(ask(granted, iam)).toMatch(/names no role/);
    expect(ask(granted, { ...iam, awsRole: role })).toBeUndefined();
    expect(ask(granted, { ...iam, awsRole: `${role}-admin` })).toMatch(/shop-admin/);
    expect(ask(own, iam)).toBeUndefined();
  });

  it('is a search, of which each name that is found is asked about', () => {
    const asked = { provider: aws({ role }) };
    expect(forbiddenSecret(config(granted), shop, asked)).toBeUndefined();
    expect(forbiddenSecret(config(granted), shop, { ...asked, key: 'other/db' })).toBeDefined();
  });

  it('is a generator that asks somebody only by name, and one that asks nobody always', () => {
    const ecr = { type: 'ecr-token', region: 'eu-central-1', role, scope: 'private' } as const;
    const ref = { kind: 'ECRAuthorizationToken', namespace: 'shop-prod', name: 'ecr' };
    expect(forbiddenGenerator(config(granted), shop, { ref, spec: ecr })).toMatch(/not among `generators`/);
    const named = config([{ ...granted[0], generators: ['ECRAuthorizationToken'] }]);
    expect(forbiddenGenerator(named, shop, { ref, spec: ecr })).toBeUndefined();
    expect(forbiddenGenerator(named, shop, { ref, spec: { ...ecr, role: `${role}-admin` } })).toMatch(/shop-admin/);
    expect(forbiddenGenerator(config([]), shop, { ref, spec: { type: 'uuid' } })).toBeUndefined();
  });

  it('is a GitHub server of its own only by name', () => {
    const spec = {
      type: 'github-token',
      url: 'https://evil.example',
      appId: '1',
      installId: '2',
      privateKey: { name: 'app', key: 'key' },
      repositories: [],
      permissions: {},
    } as const;
    const ref = { kind: 'GithubAccessToken', namespace: 'shop-prod', name: 'app' };
    const some = [{ generators: ['GithubAccessToken'] }];
    expect(forbiddenGenerator(config(some), shop, { ref, spec })).toMatch(/evil.example is not among/);
    expect(
      forbiddenGenerator(config(some), shop, { ref, spec: { ...spec, url: 'https://api.github.com' } }),
    ).toBeUndefined();
  });

  it('is neither metadata nor another kind unless it says so', () => {
    expect([allowsMetadata(config(granted), shop), allowsTarget(config(granted), shop, 'ConfigMap')]).toEqual([
      false,
      false,
    ]);
    const more = config([{ metadata: true, targets: ['ConfigMap'] }]);
    expect([allowsMetadata(more, shop), allowsTarget(more, shop, 'ConfigMap')]).toEqual([true, true]);
    expect(allowsTarget(more, shop, 'apps/Deployment')).toBe(false);
  });
});

describe('Keys of SOPS', () => {
  const everybody = { age: [{ file: 'all.txt' }], kms: { keys: ['all'] } };
  const theirs = { age: [{ file: 'shop.txt' }], kms: { keys: ['shop'], roles: ['shop'] } };
  const parsed = parseSecretsConfig(
    { sops: everybody, allow: [{ projects: ['shop'], namespaces: ['shop-*'], sops: theirs }] },
    'the test',
  );

  it('are those for everybody and those of the own grants', () => {
    expect(sopsKeysFor(parsed, shop)).toEqual({
      ageKeys: [
        { type: 'file', path: 'all.txt' },
        { type: 'file', path: 'shop.txt' },
      ],
      kms: { keys: ['all', 'shop'], roles: ['shop'] },
    });
  });

  it.each([
    ['another project', { project: 'crm', namespace: 'shop-prod' }],
    ['another namespace', { project: 'shop', namespace: 'crm' }],
  ])('are for %s no more than those for everybody', (_who, asker) => {
    expect(sopsKeysFor(parsed, asker)).toEqual(sopsKeysFor({ ...parsed, grants: [] }, asker));
  });
});

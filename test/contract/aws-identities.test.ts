import { request } from 'node:http';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { KMS } from '@aws-sdk/client-kms';
import { GetSecretValueCommand, SecretsManager } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createAwsDataKeys } from '../../shared/adapters/aws/data-keys.ts';
import { createAwsKeyFiles } from '../../shared/adapters/aws/key-files.ts';
import { createAwsStores } from '../../shared/adapters/aws/open-aws-store.ts';
import { type SignedRequest, signCallerIdentity } from '../../shared/adapters/aws/sign-caller-identity.ts';
import { revealSecret } from '../../shared/model/secret-value.ts';
import { accessWith, awsStore, openStore } from '../support/aws/aws-beds.ts';
import { allowUser, createRole, createUser, type UserKeys } from '../support/aws/iam.ts';
import { type Emulator, startEmulator } from '../support/aws/start-emulator.ts';
import { failureOf } from '../support/failure-of.ts';
import { conceal, textOf } from './secret-provider.ts';

let emulator: Emulator;
let keys: UserKeys;
let admin: SecretsManager;

beforeAll(async () => {
  emulator = await startEmulator({ iam: true });
  process.env['AWS_ENDPOINT_URL'] = emulator.endpoint;
});

afterAll(() => emulator.stop());

beforeEach(async () => {
  await emulator.reset();
  keys = await createUser(emulator, 'plumbline');
  admin = new SecretsManager({ region: emulator.region, credentials: emulator.credentials });
});

const allow = (Action: string | string[], Resource: string | string[] = '*') =>
  ({ Effect: 'Allow', Action, Resource }) as const;
const trust = {
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::000000000000:root' },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
};

describe('roles on an AWS that enforces IAM', () => {
  it('are what a store reads with: it may what the last role may, and nothing of what its keys may', async () => {
    const read = allow(['secretsmanager:GetSecretValue', 'secretsmanager:BatchGetSecretValue'], '*:secret:shop-*');
    const last = await createRole(emulator, 'last', { trust: [trust], statements: [read] });
    const first = await createRole(emulator, 'first', {
      trust: [trust],
      statements: [allow(['sts:AssumeRole', 'sts:TagSession'], last)],
    });
    await allowUser(emulator, 'plumbline', [
      allow('sts:AssumeRole', first),
      allow('secretsmanager:*', '*:secret:bank-*'),
    ]);
    for (const Name of ['shop-db', 'shop-api', 'bank-db']) await admin.createSecret({ Name, SecretString: Name });

    const identity = { additionalRoles: [first], role: last, sessionTagsPolicy: 'Simple' } as const;
    const provider = await openStore(
      createAwsStores({ conceal }),
      awsStore('SecretsManager', identity),
      accessWith(keys),
    );
    const [db, api, bank] = await Promise.all(['shop-db', 'shop-api', 'bank-db'].map((key) => provider.read({ key })));
    expect([textOf(db), textOf(api)]).toEqual(['shop-db', 'shop-api']);
    expect(bank).toMatchObject({ state: 'failed', error: { code: 'secret-denied' } });
  });

  it('that may not be assumed close the store', async () => {
    const role = await createRole(emulator, 'closed', { trust: [trust], statements: [allow('s3:*')] });
    await allowUser(emulator, 'plumbline', [allow('secretsmanager:*')]);
    const opening = openStore(createAwsStores({ conceal }), awsStore('SecretsManager', { role }), accessWith(keys));
    expect(await failureOf(opening)).toMatchObject({
      code: 'secret-denied',
      message: `SecretStore shop/aws: cannot log in to AWS: AWS denies sts:AssumeRole, to assume ${role}`,
    });
  });

  it('read one by one where the policy was written for External Secrets', async () => {
    await allowUser(emulator, 'plumbline', [allow('secretsmanager:GetSecretValue')]);
    for (const Name of ['a', 'b']) await admin.createSecret({ Name, SecretString: Name });
    const provider = await openStore(createAwsStores({ conceal }), awsStore('SecretsManager'), accessWith(keys));
    const answers = await Promise.all(['a', 'b'].map((key) => provider.read({ key })));
    expect(answers.map(textOf)).toEqual(['a', 'b']);
  });
});

describe('a ServiceAccount', () => {
  it('is sent to AWS by its token alone, unsigned, and reads with the role that it is given', async () => {
    const federated = {
      Effect: 'Allow',
      Principal: { Federated: 'arn:aws:iam::000000000000:oidc-provider/oidc.example.com' },
      Action: 'sts:AssumeRoleWithWebIdentity',
    };
    const statements = [allow('secretsmanager:GetSecretValue')];
    const role = await createRole(emulator, 'irsa', { trust: [federated], statements });
    await admin.createSecret({ Name: 'a', SecretString: 'x' });
    const claims = {
      iss: 'https://oidc.example.com',
      sub: 'system:serviceaccount:shop:reader',
      aud: 'sts.amazonaws.com',
    };
    const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url');
    const token = `${part({ alg: 'RS256' })}.${part({ ...claims, exp: 4_000_000_000 })}.c2lnbmF0dXJl`;
    const access = accessWith(keys, {
      readAccountAnnotation: async (_, name) => (name.endsWith('role-arn') ? role : undefined),
      requestToken: async () => conceal(Buffer.from(token)),
    });
    const auth = { type: 'service-account', account: { name: 'reader', audiences: [] } } as const;
    const provider = await openStore(createAwsStores({ conceal }), awsStore('SecretsManager', { auth }), access);
    expect(textOf(await provider.read({ key: 'a' }))).toBe('x');
  });
});

describe('credentials of Plumbline', () => {
  it('are used by a store without auth, and found as every AWS program finds them', async () => {
    await allowUser(emulator, 'plumbline', [allow('secretsmanager:GetSecretValue')]);
    await admin.createSecret({ Name: 'a', SecretString: 'x' });
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey });
    try {
      const { auth: _, ...own } = awsStore('SecretsManager');
      const provider = await openStore(
        createAwsStores({ conceal }),
        own,
        accessWith({ accessKeyId: '', secretAccessKey: '' }),
      );
      expect(textOf(await provider.read({ key: 'a' }))).toBe('x');
    } finally {
      delete process.env['AWS_ACCESS_KEY_ID'];
      delete process.env['AWS_SECRET_ACCESS_KEY'];
    }
  });

  it('that are wrong close the store at its first read, without a word of them', async () => {
    const wrong = { ...keys, secretAccessKey: 'c4n4ry' };
    const provider = await openStore(createAwsStores({ conceal }), awsStore('SecretsManager'), accessWith(wrong));
    expect(await provider.read({ key: 'a' })).toMatchObject({
      error: { code: 'secret-denied', message: expect.stringContaining('AWS does not accept the credentials') },
    });
  });
});

describe('a signed request for the identity of the caller', () => {
  it('tells AWS who signed it, and is refused once it is changed', async () => {
    const signed = await signCallerIdentity({
      credentials: keys,
      region: 'us-east-1',
      serverIdHeader: 'vault.example.com',
    });
    expect(await send(signed)).toMatchObject({ status: 200, body: expect.stringContaining('user/plumbline') });
    const identity = { ...awsStore('SecretsManager'), serverIdHeader: 'vault.example.com' };
    const bySession = await createAwsStores({ conceal }).signCallerIdentity(identity, accessWith(keys));
    expect(await send(bySession)).toMatchObject({ status: 200, body: expect.stringContaining('user/plumbline') });
    const headers = { ...signed.headers, 'x-vault-aws-iam-server-id': 'evil.example.com' };
    expect(await send({ ...signed, headers })).toMatchObject({ status: 403 });
  });
});

describe('a token for the registry', () => {
  it('has a name, a password, the endpoint, and its end', async () => {
    await allowUser(emulator, 'plumbline', [allow('ecr:GetAuthorizationToken')]);
    const { auth } = awsStore('SecretsManager');
    const spec = { type: 'ecr-token', region: 'us-east-1', scope: 'private', ...(auth ? { auth } : {}) } as const;
    const { values, expiresAt } = await createAwsStores({ conceal }).issueEcr(spec, accessWith(keys));
    const texts = Object.fromEntries(
      [...values].map(([name, value]) => [name, Buffer.from(revealSecret(value)).toString()]),
    );
    expect(texts).toEqual({
      username: 'AWS',
      password: expect.stringMatching(/./),
      proxy_endpoint: expect.stringMatching(/^https?:\/\//),
      expires_at: `${Math.floor(Date.parse(expiresAt) / 1000)}`,
    });
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
  });

  it('is denied by name, and for the public registry refused', async () => {
    const { auth } = awsStore('SecretsManager');
    const spec = { type: 'ecr-token', region: 'us-east-1', scope: 'private', ...(auth ? { auth } : {}) } as const;
    const stores = createAwsStores({ conceal });
    expect(await failureOf(stores.issueEcr(spec, accessWith(keys)))).toMatchObject({
      code: 'secret-denied',
      message: 'ECRAuthorizationToken: cannot ask for a token: AWS denies ecr:GetAuthorizationToken',
    });
    const publicSpec = { ...spec, scope: 'public' } as const;
    expect(await failureOf(stores.issueEcr(publicSpec, accessWith(keys)))).toMatchObject({ code: 'secret-refused' });
  });
});

describe('data keys of AWS KMS', () => {
  it('are decrypted in the context that they were encrypted in, and in no other', async () => {
    const kms = new KMS({ region: emulator.region, credentials: emulator.credentials });
    const { KeyMetadata } = await kms.createKey({});
    const keyArn = KeyMetadata?.Arn ?? '';
    const context = { app: 'shop' };
    const encrypted = await kms.encrypt({
      KeyId: keyArn,
      Plaintext: Buffer.from('data key'),
      EncryptionContext: context,
    });
    const ciphertext = encrypted.CiphertextBlob ?? new Uint8Array();
    await allowUser(emulator, 'plumbline', [allow('kms:Decrypt')]);
    const dataKeys = createAwsDataKeys({ conceal, defaultCredentials: async () => keys });
    const opened = await dataKeys.decrypt({ keyArn, context, ciphertext });
    expect(Buffer.from(revealSecret(opened)).toString()).toBe('data key');
    const other = await failureOf(dataKeys.decrypt({ keyArn, context: { app: 'bank' }, ciphertext }));
    expect(other).toMatchObject({ code: 'secret-invalid', object: `KMS key ${keyArn}` });
  });

  it('are decrypted as a role where one is named', async () => {
    const kms = new KMS({ region: emulator.region, credentials: emulator.credentials });
    const { KeyMetadata } = await kms.createKey({});
    const keyArn = KeyMetadata?.Arn ?? '';
    const { CiphertextBlob: ciphertext = new Uint8Array() } = await kms.encrypt({
      KeyId: keyArn,
      Plaintext: Buffer.from('x'),
    });
    const role = await createRole(emulator, 'sops', { trust: [trust], statements: [allow('kms:Decrypt')] });
    await allowUser(emulator, 'plumbline', [allow('sts:AssumeRole', role)]);
    const dataKeys = createAwsDataKeys({ conceal, defaultCredentials: async () => keys });
    const wanted = { keyArn, context: {}, ciphertext };
    expect(Buffer.from(revealSecret(await dataKeys.decrypt({ ...wanted, role }))).toString()).toBe('x');
    expect(await failureOf(dataKeys.decrypt(wanted))).toMatchObject({ code: 'secret-denied' });
  });
});

describe('key files in Secrets Manager', () => {
  const source = { type: 'secrets-manager', name: 'plumbline/sealing', region: 'us-east-1' } as const;
  const file = (name: string, content: string) => ({ name, content: conceal(Buffer.from(content)) });

  it('are added one beside another, read back, and never replaced', async () => {
    await allowUser(emulator, 'plumbline', [allow('secretsmanager:*')]);
    await admin.createSecret({ Name: 'plumbline/sealing-other', SecretString: 'not ours' });
    const files = createAwsKeyFiles({ conceal, defaultCredentials: async () => keys });
    expect(await files.read(source)).toEqual([]);
    await files.add(source, file('first.pem', '1'));
    await files.add(source, file('second key.pem', '2'));
    await files.add(source, file('third.pem', '3'));
    const read = await files.read(source);
    expect(read.map(({ name, content }) => [name, Buffer.from(revealSecret(content)).toString()])).toEqual([
      ['plumbline/sealing', '1'],
      ['plumbline/sealing/second-key.pem', '2'],
      ['plumbline/sealing/third.pem', '3'],
    ]);
    expect(await failureOf(files.add(source, file('third.pem', '4')))).toMatchObject({
      code: 'secret-refused',
      message: expect.stringContaining('plumbline/sealing/third.pem'),
    });
    const kept = await admin.send(new GetSecretValueCommand({ SecretId: 'plumbline/sealing/third.pem' }));
    expect(kept.SecretString).toBe('3');
  });

  it('that may not be read are an error, never left out', async () => {
    await allowUser(emulator, 'plumbline', [allow('secretsmanager:ListSecrets')]);
    await admin.createSecret({ Name: 'plumbline/sealing', SecretString: '1' });
    const files = createAwsKeyFiles({ conceal, defaultCredentials: async () => keys });
    expect(await failureOf(files.read(source))).toMatchObject({
      code: 'secret-denied',
      message: expect.stringContaining('cannot read "plumbline/sealing"'),
    });
  });
});

/** Sends a signed request to the emulator in place of the host that it is signed for. */
function send({
  method,
  url,
  body,
  headers,
}: SignedRequest): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const { pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(new URL(pathname, emulator.endpoint), { method, headers }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode, body: answer }), reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

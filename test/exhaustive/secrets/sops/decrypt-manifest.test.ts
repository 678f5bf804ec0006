import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { concealForNow } from '../../../../shared/adapters/local/conceal.ts';
import { SecretError } from '../../../../shared/errors.ts';
import { canonicalJson, isJsonObject, type Json } from '../../../../shared/model/json.ts';
import type { Manifest } from '../../../../shared/model/manifest.ts';
import { revealSecret, SecretValue } from '../../../../shared/model/secret-value.ts';
import { withKeyOrder } from '../../../../shared/model/sops-key-order.ts';
import type { DataKeys } from '../../../../shared/secret-ports.ts';
import { decryptSopsManifest } from '../../../../shared/secrets/sops/decrypt-manifest.ts';
import { isSopsManifest } from '../../../../shared/secrets/sops/is-sops-manifest.ts';
import type { SopsContext } from '../../../../shared/secrets/sops/sops-context.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { type AgeKey, createAgeKey } from '../../../support/secret-tools/age-keys.ts';
import { encryptForAge, encryptManifest } from '../../../support/secret-tools/sops-file.ts';

const dataKey = randomBytes(32);
const conceal = concealForNow();
const noKms: DataKeys = { decrypt: async () => Promise.reject(new Error('open sesame')) };
const arn = 'arn:aws:kms:eu-west-1:111122223333:key/abc';
let age: AgeKey;
let forAge: { readonly age: readonly { readonly recipient: string; readonly enc: string }[] };

beforeAll(async () => {
  age = await createAgeKey();
  forAge = { age: [{ recipient: age.recipient, enc: await encryptForAge(dataKey, age.recipient) }] };
});

const secret = (more: object = {}, metadata: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', ...metadata },
  type: 'Opaque',
  stringData: { password: 'open sesame', user: 'ali' },
  ...more,
});
const encrypt = (manifest: Manifest, block: object = forAge): Manifest =>
  encryptManifest(manifest, { dataKey, block: block as never });
const context = (changes: Partial<SopsContext> = {}): SopsContext => ({
  ageIdentities: [conceal(Buffer.from(`# created: today\n${age.identity}\n`))],
  dataKeys: noKms,
  kms: { keys: [], roles: [] },
  conceal,
  allowMetadata: false,
  allowKind: () => false,
  ...changes,
});
const valuesOf = ({ data }: Manifest): object =>
  Object.fromEntries(
    Object.entries(isJsonObject(data) ? data : {}).map(([key, value]) => [
      key,
      value instanceof SecretValue ? Buffer.from(revealSecret(value)).toString() : value,
    ]),
  );
const decrypt = (manifest: Manifest, changes: Partial<SopsContext> = {}): Promise<Manifest> =>
  decryptSopsManifest(manifest, context(changes));
const sorted = (manifest: Manifest): Manifest => JSON.parse(canonicalJson(manifest as Json)) as Manifest;

describe('a Secret that SOPS has encrypted', () => {
  it('becomes what it was, concealed, without its sops block', async () => {
    const decrypted = await decrypt(encrypt(secret({ data: { token: 'b3Blbg==' } })));
    expect(valuesOf(decrypted)).toEqual({ password: 'open sesame', user: 'ali', token: 'open' });
    expect(Object.keys(decrypted).sort()).toEqual(['apiVersion', 'data', 'kind', 'metadata', 'type']);
    expect(inspect(decrypted, { depth: Infinity })).not.toContain('sesame');
  });

  it('is known by its sops block, or by a file in it', () => {
    expect(isSopsManifest(encrypt(secret()))).toBe(true);
    expect(isSopsManifest(secret())).toBe(false);
    expect(isSopsManifest(secret({ stringData: { sops: 'mac: no' } }))).toBe(false);
    expect(isSopsManifest({ ...secret(), sops: { age: [] } })).toBe(true);
  });

  it('has the right MAC whatever order a render gives few values', async () => {
    expect(valuesOf(await decrypt(sorted(encrypt(secret()))))).toMatchObject({ user: 'ali' });
  });

  it('has the right MAC in another order with many values when the order was written down before', async () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`key-${30 - index}`, `v${index}`]));
    const encrypted = encrypt(secret({ stringData: many }));
    expect(valuesOf(await decrypt(sorted(withKeyOrder(encrypted))))).toEqual(many);
    expect((await failureOf(decrypt(sorted(encrypted)))).message).toContain('its MAC is not right');
  });

  it('may get its namespace later', async () => {
    const placed = { ...encrypt(secret()), metadata: { name: 'db', namespace: 'shop' } };
    expect(valuesOf(await decrypt(placed))).toMatchObject({ user: 'ali' });
  });

  it('is refused with another label than it was encrypted with, unless it says that the MAC does not count', async () => {
    const encrypted = encrypt(secret());
    const labelled = { ...encrypted, metadata: { name: 'db', labels: { app: 'db' } } };
    const error = await failureOf(decrypt(labelled));
    expect(error.message).toContain('Secret db: its MAC is not right');
    expect(error.hint).toContain('plumbline.dev/sops-ignore-mac');
    const annotations = { 'plumbline.dev/sops-ignore-mac': 'true' };
    const allowed = { ...labelled, metadata: { ...labelled.metadata, annotations } };
    expect(valuesOf(await decrypt(allowed))).toMatchObject({ user: 'ali' });
  });

  it('is refused when a value was taken away', async () => {
    const encrypted = encrypt(secret());
    const { user, ...stringData } = encrypted['stringData'] as { readonly [key: string]: string };
    expect((await failureOf(decrypt({ ...encrypted, stringData }))).message).toContain('its MAC is not right');
  });

  it('is refused when a value was moved', async () => {
    const encrypted = encrypt(secret());
    const { user, password } = encrypted['stringData'] as { readonly [key: string]: string };
    const moved = { ...encrypted, stringData: { user: password, password: user } };
    expect((await failureOf(decrypt(moved as Manifest))).message).toContain(
      'stringData.user cannot be decrypted: it was changed, or moved here from another place',
    );
  });

  it('is refused when a value that should be encrypted is not', async () => {
    const encrypted = encrypt(secret());
    const plain = { ...encrypted, stringData: { ...(encrypted['stringData'] as object), user: 'open sesame' } };
    const error = await failureOf(decrypt(plain));
    expect(error.message).toContain('stringData.user cannot be decrypted: by the rules');
    expect(inspect(error, { depth: Infinity })).not.toContain('sesame');
  });

  it.each([
    ['a number', { stringData: { port: 5432 } }, 'stringData.port is not a text'],
    ['data that is no base64', { data: { a: 'open sesame' } }, 'data.a is not base64'],
    ['a key that Kubernetes does not take', { stringData: { 'a b': 'x' } }, 'stringData.a b is no name'],
  ])('is refused with %s', async (_, more, message) => {
    const error = await failureOf(decrypt(encrypt(secret(more))));
    expect(error.message).toContain(message);
    expect(inspect(error, { depth: Infinity })).not.toContain('sesame');
  });

  it('with more than 10,000 values is refused', async () => {
    const stringData = Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`k${index}`, 'x']));
    expect((await failureOf(decrypt(encrypt(secret({ stringData }))))).message).toContain('more than 10000 values');
  });
});

describe('the key of a SOPS document', () => {
  it('that no identity opens is told by its recipient', async () => {
    const { identity } = await createAgeKey();
    const error = await failureOf(decrypt(encrypt(secret()), { ageIdentities: [conceal(Buffer.from(identity))] }));
    expect(error.message).toBe(
      `Secret db: no key opens it: the one age identity is not that of recipient ${age.recipient}`,
    );
    expect(error.code).toBe('secret-denied');
  });

  it('may come from AWS KMS, with its encryption context and role', async () => {
    const asked: unknown[] = [];
    const dataKeys: DataKeys = {
      decrypt: async (wanted) => {
        asked.push(wanted);
        return conceal(dataKey);
      },
    };
    const role = 'arn:aws:iam::111122223333:role/sops';
    const kms = [{ arn, role, context: { app: 'shop' }, enc: 'AQID', created_at: '', aws_profile: '' }];
    const allowed = { keys: ['arn:aws:kms:*:111122223333:key/*'], roles: [role] };
    expect(valuesOf(await decrypt(encrypt(secret(), { kms }), { dataKeys, kms: allowed }))).toMatchObject({
      user: 'ali',
    });
    expect(asked).toEqual([{ keyArn: arn, role, context: { app: 'shop' }, ciphertext: Buffer.from([1, 2, 3]) }]);
  });

  it.each([
    ['a key that the operator does not allow', { keys: ['arn:aws:kms:*:999:key/*'], roles: [] }, 'KMS key arn:aws'],
    ['a role that the operator does not allow', { keys: [arn], roles: [] }, 'role arn:aws:iam'],
  ])('is not asked for with %s', async (_, kms, message) => {
    const block = { kms: [{ arn, role: 'arn:aws:iam::1:role/x', enc: 'AQID' }] };
    const error = await failureOf(decrypt(encrypt(secret(), block), { kms }));
    expect(error).toMatchObject({ code: 'secret-refused', message: expect.stringContaining(message) });
  });

  it('that KMS does not give can be asked for again when KMS is out of reach', async () => {
    const kms = { keys: [arn], roles: [] };
    const block = { kms: [{ arn, enc: 'AQID' }] };
    const away = new SecretError('secret-unreachable', 'KMS does not answer');
    const error = await failureOf(
      decrypt(encrypt(secret(), block), { kms, dataKeys: { decrypt: () => Promise.reject(away) } }),
    );
    expect(error).toMatchObject({ code: 'secret-unreachable', retryable: true });
    const other = await failureOf(decrypt(encrypt(secret(), block), { kms }));
    expect(inspect(other, { depth: Infinity })).not.toContain('sesame');
  });

  it('under PGP alone is refused by name', async () => {
    const error = await failureOf(decrypt(encrypt(secret(), { pgp: [{ fp: 'AB', enc: 'x' }] })));
    expect(error).toMatchObject({
      code: 'secret-refused',
      message: 'Secret db: no key opens it: PGP is not supported',
    });
  });
});

describe('other kinds', () => {
  const map = secret({ kind: 'ConfigMap', stringData: undefined, type: undefined, data: { a: 'open sesame' } });
  const configMap = (): Manifest => encrypt(JSON.parse(JSON.stringify(map)) as Manifest);

  it('carry encrypted values only where the operator allows the kind', async () => {
    expect(await failureOf(decrypt(configMap()))).toMatchObject({ code: 'secret-refused' });
    const allowed = await decrypt(configMap(), { allowKind: ({ kind }) => kind === 'ConfigMap' });
    expect(valuesOf(allowed)).toEqual({ a: 'open sesame' });
    expect(allowed).not.toHaveProperty('sops');
  });
});

describe('a sops block', () => {
  it.each([
    ['without a MAC', { mac: '' }, 'has no mac or no lastmodified'],
    ['with a rule that is no regular expression', { encrypted_regex: '(' }, 'has an encrypted_regex that is no'],
    ['that needs more groups than it has', { shamir_threshold: 3 }, 'has a shamir_threshold that cannot be met'],
  ])('%s is refused', async (_, block, message) => {
    const encrypted = encrypt(secret());
    const changed = { ...encrypted, sops: { ...(encrypted['sops'] as object), ...block } };
    expect((await failureOf(decrypt(changed as Manifest))).message).toContain(message);
  });
});

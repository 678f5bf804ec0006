import { createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MadeOnce } from '../../../../shared/model/secret-generator.ts';
import { makeOnce } from '../../../../shared/secrets/generators/make-once.ts';
import { parseGenerator } from '../../../../shared/secrets/generators/parse-generator.ts';
import { randomBelow } from '../../../../shared/secrets/generators/random-pick.ts';
import { failure } from '../external/bed.ts';

const manifest = (kind: string, spec: object) => ({
  apiVersion: 'generators.external-secrets.io/v1alpha1',
  kind,
  metadata: { name: 'gen', namespace: 'apps' },
  spec: spec as never,
});
const specOf = (kind: string, spec: object = {}) => parseGenerator(manifest(kind, spec)).spec;
const made = (kind: string, spec: object = {}) => {
  const values = makeOnce(specOf(kind, spec) as MadeOnce, (length) => new Uint8Array(randomBytes(length)));
  return Object.fromEntries([...values].map(([key, value]) => [key, Buffer.from(value).toString()]));
};

describe('a generator', () => {
  it.each([
    ['UUID', {}, { type: 'uuid' }],
    ['SSHKey', {}, { type: 'ssh-key', keyType: 'rsa', comment: '' }],
    [
      'SSHKey',
      { keyType: 'ecdsa', keySize: 384, comment: 'me' },
      { type: 'ssh-key', keyType: 'ecdsa', keySize: 384, comment: 'me' },
    ],
    ['ECRAuthorizationToken', { region: 'eu-west-1' }, { type: 'ecr-token', region: 'eu-west-1', scope: 'private' }],
    [
      'ECRAuthorizationToken',
      {
        region: 'us-east-1',
        scope: 'public',
        role: 'arn:aws:iam::1:role/r',
        auth: { jwt: { serviceAccountRef: { name: 'sa' } } },
      },
      {
        type: 'ecr-token',
        region: 'us-east-1',
        scope: 'public',
        role: 'arn:aws:iam::1:role/r',
        auth: { type: 'service-account', account: { name: 'sa', audiences: [] } },
      },
    ],
    [
      'GithubAccessToken',
      { appID: '1', installID: '2', auth: { privateKey: { secretRef: { name: 's', key: 'k' } } } },
      {
        type: 'github-token',
        url: 'https://api.github.com',
        appId: '1',
        installId: '2',
        privateKey: { name: 's', key: 'k' },
        repositories: [],
        permissions: {},
      },
    ],
  ])('%s is read: %j', (kind, spec, read) => {
    expect(specOf(kind, spec)).toEqual(read);
  });

  it('is the same in a ClusterGenerator, and keeps the class of its controller', () => {
    const spec = {
      kind: 'Password',
      generator: { passwordSpec: { length: 40, controller: 'other', allowRepeat: true } },
    };
    expect(parseGenerator(manifest('ClusterGenerator', spec))).toMatchObject({
      ref: { kind: 'ClusterGenerator', namespace: '', name: 'gen' },
      controller: 'other',
      spec: { type: 'password', length: 40, digits: 10, symbols: 10 },
    });
  });

  it.each([
    ['VaultDynamicSecret', {}, 'kind VaultDynamicSecret is not supported'],
    ['ClusterGenerator', { kind: 'Grafana', generator: {} }, 'spec.kind Grafana is not supported'],
    ['ClusterGenerator', { kind: 'UUID', generator: { passwordSpec: {} } }, 'spec.generator'],
    ['Password', { length: 64 }, 'asks for 16 digits, and without repeats there are 10'],
    ['Password', { length: 4, digits: 3, symbols: 2 }, 'has more digits and symbols than length'],
    ['Password', { secretKeys: ['a', 'a'] }, 'spec.secretKeys has a key twice'],
    ['Password', { lenght: 4 }, 'spec has fields that are not known: lenght (did you mean length?)'],
    ['SSHKey', { keySize: 1024 }, 'keySize of an RSA key'],
    ['SSHKey', { comment: 'a\nb' }, 'spec.comment has several lines'],
    ['ECRAuthorizationToken', {}, 'spec.region is missing'],
    ['ECRAuthorizationToken', { region: 'x.evil.example/#' }, 'spec.region is not the name of an AWS region'],
    [
      'GithubAccessToken',
      { appID: 1, installID: '2', auth: { privateKey: { secretRef: { name: 's', key: 'k' } } } },
      'spec.appID is not a text',
    ],
    [
      'GithubAccessToken',
      { appID: '1', installID: '2', auth: { privateKey: { secretRef: { name: 's', key: 'k', namespace: 'other' } } } },
      'in another namespace',
    ],
  ])('%s that cannot be used is refused with the field: %j', (kind, spec, text) => {
    const { code, message } = failure(() => specOf(kind, spec));
    expect(code).toBe('secret-invalid');
    expect(message).toContain(text);
  });
});

describe('a password', () => {
  it('has 24 characters, a quarter digits and a quarter symbols, none of them twice', () => {
    const { password = '' } = made('Password');
    expect(password).toHaveLength(24);
    expect(password.replace(/[^0-9]/g, '')).toHaveLength(6);
    expect(password.replace(/[A-Za-z0-9]/g, '')).toHaveLength(6);
    expect(new Set(password).size).toBe(24);
  });

  it.each([
    [{ encoding: 'hex' }, /^[0-9a-f]{48}$/],
    [{ encoding: 'base64' }, /^[A-Za-z0-9+/]{32}$/],
    [{ encoding: 'base64url', length: 25 }, /^[A-Za-z0-9_-]{34}==$/],
    [{ encoding: 'base32' }, /^[A-Z2-7]{39}=$/],
    [{ symbols: 0, digits: 0, noUpper: true }, /^[a-z]{24}$/],
    [{ length: 200, allowRepeat: true, symbolCharacters: '-_' }, /^[A-Za-z0-9_-]{200}$/],
  ])('is as the spec says: %j', (spec, pattern) => {
    expect(made('Password', spec).password).toMatch(pattern);
  });

  it('is another one for each key', () => {
    const { a, b } = made('Password', { secretKeys: ['a', 'b'] });
    expect(a).not.toBe(b);
  });

  it('is made of numbers that are all equally likely', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (limit) => {
        const drawn = randomBelow(limit, (length) => new Uint8Array(randomBytes(length)));
        expect(drawn >= 0 && drawn < limit).toBe(true);
      }),
    );
    const tooHigh = [Buffer.from([255, 255, 255, 255]), Buffer.from([0, 0, 0, 4])];
    expect(randomBelow(3, () => tooHigh.shift() ?? Buffer.alloc(4))).toBe(1);
  });
});

describe('a UUID', () => {
  it('is of version 4', () => {
    expect(made('UUID').uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

/** The length-prefixed fields of an SSH structure. */
const fieldsOf = (bytes: Buffer): readonly Buffer[] => {
  if (bytes.length < 4) return [];
  const end = 4 + bytes.readUInt32BE();
  return end > bytes.length ? [] : [bytes.subarray(4, end), ...fieldsOf(bytes.subarray(end))];
};
const base64url = (bytes: Buffer | undefined) =>
  (bytes?.[0] === 0 ? bytes.subarray(1) : bytes)?.toString('base64url') ?? '';

describe('an SSH key', () => {
  const magic = 'openssh-key-v1\0';
  const opened = (privateKey = '') => {
    const whole = Buffer.from(privateKey.replace(/-----.*-----|\n/g, ''), 'base64');
    expect(whole.subarray(0, magic.length).toString('latin1')).toBe(magic);
    const rest = whole.subarray(magic.length);
    const [cipher, kdf] = fieldsOf(rest);
    expect([String(cipher), String(kdf)]).toEqual(['none', 'none']);
    const [open = Buffer.alloc(0), closed = Buffer.alloc(0)] = fieldsOf(rest.subarray(4 + 4 + 4 + 4 + 4 + 4));
    expect(closed.length % 8).toBe(0);
    expect(closed.subarray(0, 4)).toEqual(closed.subarray(4, 8));
    return { open, fields: fieldsOf(closed.subarray(8)) };
  };

  it('of type rsa has two halves that belong together', () => {
    const { privateKey, publicKey = '' } = made('SSHKey', { comment: 'me@home' });
    const [type, blob = '', comment] = publicKey.trim().split(' ');
    expect([type, comment]).toEqual(['ssh-rsa', 'me@home']);
    const { open, fields } = opened(privateKey);
    expect(open.toString('base64')).toBe(blob);
    const [, n, e, d, qi, p, q, note] = fields;
    expect(String(note)).toBe('me@home');
    const [, openE, openN] = fieldsOf(open);
    const key = createPublicKey({ key: { kty: 'RSA', n: base64url(openN), e: base64url(openE) }, format: 'jwk' });
    const jwk = {
      kty: 'RSA',
      n: base64url(n),
      e: base64url(e),
      d: base64url(d),
      p: base64url(p),
      q: base64url(q),
      qi: base64url(qi),
    };
    const signed = sign(
      'sha256',
      Buffer.from('x'),
      createPrivateKey({ key: { ...jwk, ...exponents(jwk) }, format: 'jwk' }),
    );
    expect(verify('sha256', Buffer.from('x'), key, signed)).toBe(true);
  });

  const toNumber = (text: string) => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`);
  const fromNumber = (value: bigint) => Buffer.from(value.toString(16).padStart(256, '0'), 'hex').toString('base64url');
  const exponents = ({ d, p, q }: { readonly d: string; readonly p: string; readonly q: string }) => ({
    dp: fromNumber(toNumber(d) % (toNumber(p) - 1n)),
    dq: fromNumber(toNumber(d) % (toNumber(q) - 1n)),
  });

  it('of type ed25519 has two halves that belong together', () => {
    const { privateKey, publicKey = '' } = made('SSHKey', { keyType: 'ed25519' });
    expect(publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]+\n$/);
    const [, open = Buffer.alloc(0), both = Buffer.alloc(0)] = opened(privateKey).fields;
    const jwk = {
      kty: 'OKP',
      crv: 'Ed25519',
      x: open.toString('base64url'),
      d: both.subarray(0, 32).toString('base64url'),
    };
    const signed = sign(null, Buffer.from('x'), createPrivateKey({ key: jwk, format: 'jwk' }));
    expect(verify(null, Buffer.from('x'), createPublicKey({ key: jwk, format: 'jwk' }), signed)).toBe(true);
    expect(both.subarray(32)).toEqual(open);
  });

  it.each([
    [256, 'nistp256', 65],
    [384, 'nistp384', 97],
    [521, 'nistp521', 133],
  ])('of type ecdsa has the curve for its size: %s', (keySize, curve, length) => {
    const { privateKey, publicKey = '' } = made('SSHKey', { keyType: 'ecdsa', keySize });
    expect(publicKey).toMatch(new RegExp(`^ecdsa-sha2-${curve} `));
    const [type, name, point] = opened(privateKey).fields;
    expect([String(type), String(name), point?.length]).toEqual([`ecdsa-sha2-${curve}`, curve, length]);
  });
});

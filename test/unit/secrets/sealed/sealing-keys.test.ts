import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { formatYaml } from '../../../../shared/model/yaml.ts';
import { newestKey, parseSealingKeys } from '../../../../shared/secrets/sealed/sealing-keys.ts';
import { createKeys, keyFile } from '../../../support/secret-tools/sealing-keys.ts';

let january: string;
let february: string;
const parse = (...texts: readonly string[]): ReturnType<typeof parseSealingKeys> =>
  parseSealingKeys(texts.map((text, index) => keyFile(`file-${index}`, text)));
const divide = (pem: string): readonly [string, string] => {
  const at = pem.indexOf('-----BEGIN RSA PRIVATE KEY');
  return [pem.slice(0, at), pem.slice(at)];
};
const secretOf = (pem: string, label?: string): object => {
  const [certificate, key] = divide(pem);
  const labels = label === undefined ? {} : { labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': label } };
  const data = { 'tls.crt': btoa(certificate), 'tls.key': btoa(key) };
  return { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name: 'k', ...labels }, data };
};
const list = (...items: readonly object[]): string =>
  formatYaml({ apiVersion: 'v1', kind: 'List', items: [...items] as never });

beforeAll(async () => {
  [january, february] = (await createKeys(2)) as readonly [string, string];
});

describe('sealing keys', () => {
  it('come from PEM, a Secret or a List, and are the same keys', () => {
    const [id] = parse(january).map((key) => key.id);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(parse(JSON.stringify(secretOf(january)))).toMatchObject([{ id }]);
    expect(parse(list(secretOf(january, 'active')))).toMatchObject([{ id, isRetired: false }]);
    expect(parse(divide(january)[0], divide(january)[1])).toMatchObject([{ id }]);
  });

  it('are sorted, the newest certificate first, each key once', () => {
    const keys = parse(january, february, list(secretOf(january), secretOf(february)));
    expect(keys.map(({ notBefore }) => notBefore.slice(0, 7))).toEqual(['2024-02', '2024-01']);
    expect(newestKey(keys).notBefore).toMatch(/^2024-02/);
  });

  it('are not sealed with when their label is another than active', () => {
    const keys = parse(list(secretOf(january, 'active'), secretOf(february, 'compromised')));
    expect(keys.map(({ isRetired }) => isRetired)).toEqual([true, false]);
    expect(newestKey(keys).notBefore).toMatch(/^2024-01/);
  });

  it('without a certificate open, and do not seal', () => {
    const keys = parse(divide(january)[1]);
    expect(keys).toMatchObject([{ notBefore: '' }]);
    expect(() => newestKey(keys)).toThrow('There is no sealing key with a certificate');
  });

  it('cannot be seen', () => {
    const middle = divide(january)[1].split('\n')[20] ?? '';
    expect(inspect(parse(january), { depth: Infinity, showHidden: true })).not.toContain(middle);
    expect(JSON.stringify(parse(january))).not.toContain(middle);
  });

  it.each([
    ['nothing', '', 'it holds neither PEM nor a Secret'],
    ['what is no YAML', '{ marker: [', 'it is neither PEM nor YAML or JSON'],
    ['another kind', 'kind: ConfigMap\ndata: {marker: marker}', 'it holds neither PEM nor a Secret'],
    ['a Secret without a key', 'kind: Secret\ndata: {marker: marker}', 'a Secret in it has no usable tls.crt'],
    [
      'a damaged key',
      '-----BEGIN PRIVATE KEY-----\nmarker\n-----END PRIVATE KEY-----',
      'a key in it is not an RSA key',
    ],
    [
      'an EC key',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'a key in it is not an RSA key',
    ],
  ])('are refused by file name alone: %s', (_, text, message) => {
    let error: unknown;
    try {
      parse(text);
    } catch (cause) {
      error = cause;
    }
    expect(error).toMatchObject({ code: 'secret-invalid', message: expect.stringContaining(`file-0: ${message}`) });
    expect(inspect(error, { depth: Infinity })).not.toContain('marker');
  });

  it('want the key of every certificate', () => {
    expect(() => parse(january, divide(february)[0])).toThrow(
      'file-1: it has a certificate whose private key is in none',
    );
  });
});

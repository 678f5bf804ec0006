import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { KMS } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAwsDataKeys } from '../../shared/adapters/aws/data-keys.ts';
import { jsonAt } from '../../shared/model/json.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { revealSecret, SecretValue } from '../../shared/model/secret-value.ts';
import { parseManifests } from '../../shared/model/yaml.ts';
import { decryptSopsManifest } from '../../shared/secrets/sops/decrypt-manifest.ts';
import { type Emulator, startEmulator } from '../support/aws/start-emulator.ts';
import { provideSops } from '../support/secret-tools/provide-secret-tools.ts';
import { testConceal } from '../support/secrets/no-secrets.ts';

let emulator: Emulator;
let folder: string;
let keyArn: string;
let manifest: Manifest;
const before = { ...process.env };

const plain = `apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
stringData:
  password: opened-by-kms
`;

beforeAll(async () => {
  emulator = await startEmulator();
  Object.assign(process.env, emulator.environment);
  folder = await mkdtemp(join(tmpdir(), 'plumb-sops-kms-'));
  const kms = new KMS({ endpoint: emulator.endpoint, region: emulator.region, credentials: emulator.credentials });
  keyArn = (await kms.createKey({})).KeyMetadata?.Arn ?? '';
  await writeFile(join(folder, 'db.yaml'), plain);
  const args = [
    'encrypt',
    '--kms',
    keyArn,
    '--encryption-context',
    'app:shop',
    '--encrypted-regex',
    '^(data|stringData)$',
    'db.yaml',
  ];
  const env = { HOME: folder, PATH: '', ...emulator.environment };
  const { stdout } = await promisify(execFile)(await provideSops(), args, { cwd: folder, env });
  manifest = parseManifests(stdout, 'db.yaml')[0] as Manifest;
}, 300_000);
afterAll(async () => {
  process.env = before;
  await emulator.stop();
  await rm(folder, { recursive: true, force: true });
});

function decrypt(given: Manifest, keys: readonly string[]): Promise<Manifest> {
  return decryptSopsManifest(given, {
    ageIdentities: [],
    dataKeys: createAwsDataKeys({ conceal: testConceal }),
    kms: { keys, roles: [] },
    conceal: testConceal,
    allowMetadata: false,
    allowKind: () => false,
  });
}

describe('A Secret that sops encrypted for a key of AWS KMS', () => {
  it('is decrypted by that key, with its encryption context', async () => {
    expect(jsonAt(manifest['sops'], 'kms', 0, 'context', 'app')).toBe('shop');
    const value = jsonAt((await decrypt(manifest, [keyArn]))['data'], 'password');
    expect(value instanceof SecretValue && Buffer.from(revealSecret(value)).toString()).toBe('opened-by-kms');
  });

  it('asks no key that the operator has not named', async () => {
    await expect(decrypt(manifest, [])).rejects.toMatchObject({ code: 'secret-refused' });
    await expect(decrypt(manifest, ['arn:aws:kms:us-east-1:999999999999:key/*'])).rejects.toMatchObject({
      code: 'secret-refused',
    });
  });

  it('is not opened under another context', async () => {
    const changed = JSON.parse(JSON.stringify(manifest).replace('"app":"shop"', '"app":"other"')) as Manifest;
    await expect(decrypt(changed, [keyArn])).rejects.toMatchObject({ name: 'SecretError' });
  });
});

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { provideTools } from '../../cli/setup/provide-tools.ts';
import { concealForNow } from '../../shared/adapters/local/conceal.ts';
import { isJsonObject } from '../../shared/model/json.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { revealSecret, SecretValue } from '../../shared/model/secret-value.ts';
import { parseManifests } from '../../shared/model/yaml.ts';
import { decryptSopsManifest } from '../../shared/secrets/sops/decrypt-manifest.ts';
import { isSopsManifest } from '../../shared/secrets/sops/is-sops-manifest.ts';
import { failureOf } from '../support/failure-of.ts';
import { type AgeKey, createAgeKey } from '../support/secret-tools/age-keys.ts';
import { provideSops } from '../support/secret-tools/provide-secret-tools.ts';

let folder: string;
let age: AgeKey;
let rendered: readonly Manifest[];
const conceal = concealForNow();

const secret = (name: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n    name: ${name}\ntype: Opaque\nstringData:\n    b: two\n    a: one\n`;
const kustomization = `namespace: shop
labels: [{ pairs: { team: shop } }]
resources: [plain.yaml, only.yaml]
secretGenerator:
  - name: files
    files: [app.env, config.json]
`;

beforeAll(async () => {
  const [sops, { kustomize }] = [await provideSops(), await provideTools()];
  folder = await mkdtemp(join(tmpdir(), 'plumb-sops-kustomize-'));
  age = await createAgeKey();
  const rule = `encrypted_regex: ^(data|stringData)$, age: ${age.recipient}`;
  await writeFile(join(folder, 'plain.cfg'), `creation_rules: [{ ${rule} }]`);
  await writeFile(join(folder, 'only.cfg'), `creation_rules: [{ mac_only_encrypted: true, ${rule} }]`);
  await writeFile(join(folder, 'file.cfg'), `creation_rules: [{ age: ${age.recipient} }]`);
  const encrypt = async (name: string, text: string, config: string): Promise<void> => {
    await writeFile(join(folder, name), text);
    await promisify(execFile)(sops, ['--config', config, 'encrypt', '--in-place', name], { cwd: folder });
  };
  await encrypt('plain.yaml', secret('plain'), 'plain.cfg');
  await encrypt('only.yaml', secret('only'), 'only.cfg');
  await encrypt('app.env', 'USER=ali\n', 'file.cfg');
  await encrypt('config.json', '{"user":"ali"}', 'file.cfg');
  await writeFile(join(folder, 'kustomization.yaml'), kustomization);
  const { stdout } = await promisify(execFile)(kustomize.path, [...kustomize.args, folder]);
  rendered = parseManifests(stdout, 'kustomize');
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function decrypt(name: string): Promise<{ readonly [key: string]: string }> {
  const manifest = rendered.find(({ metadata }) => metadata.name.startsWith(name)) as Manifest;
  expect(isSopsManifest(manifest)).toBe(true);
  const { data } = await decryptSopsManifest(manifest, {
    ageIdentities: [conceal(Buffer.from(age.identity))],
    dataKeys: { decrypt: async () => Promise.reject(new Error('nobody should ask')) },
    kms: { keys: [], roles: [] },
    conceal,
    allowMetadata: false,
    allowKind: () => false,
  });
  return Object.fromEntries(
    Object.entries(isJsonObject(data) ? data : {}).map(([key, value]) => [
      key,
      value instanceof SecretValue ? Buffer.from(revealSecret(value)).toString() : '',
    ]),
  );
}

describe('what kustomize makes of encrypted files', () => {
  it('a Secret whose MAC counts encrypted values alone is decrypted, its keys sorted and labels added', async () => {
    expect(await decrypt('only')).toEqual({ a: 'one', b: 'two' });
  });

  it('a Secret whose MAC counts all is refused for the added label, with the way out', async () => {
    const error = await failureOf(decrypt('plain'));
    expect(error.message).toContain('Secret shop/plain: its MAC is not right');
    expect(error.hint).toContain('mac_only_encrypted: true');
  });

  it('files of a generator are decrypted', async () => {
    expect(await decrypt('files')).toEqual({ 'app.env': 'USER=ali\n', 'config.json': '{\n\t"user": "ali"\n}\n' });
  });
});

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { concealForNow } from '../../shared/adapters/local/conceal.ts';
import { isJsonObject, type Json } from '../../shared/model/json.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { revealSecret, SecretValue } from '../../shared/model/secret-value.ts';
import { parseManifests, parseYaml } from '../../shared/model/yaml.ts';
import { decryptSopsManifest } from '../../shared/secrets/sops/decrypt-manifest.ts';
import { isSopsManifest } from '../../shared/secrets/sops/is-sops-manifest.ts';
import { failureOf } from '../support/failure-of.ts';
import { type AgeKey, createAgeKey } from '../support/secret-tools/age-keys.ts';
import { provideSops } from '../support/secret-tools/provide-secret-tools.ts';
import { encryptForAge, encryptManifest } from '../support/secret-tools/sops-file.ts';

let sops: string;
let folder: string;
let keys: readonly [AgeKey, AgeKey, AgeKey];
const conceal = concealForNow();

beforeAll(async () => {
  sops = await provideSops();
  folder = await mkdtemp(join(tmpdir(), 'plumb-sops-'));
  keys = [await createAgeKey(), await createAgeKey(), await createAgeKey('hybrid')];
  await writeFile(join(folder, 'keys.txt'), keys.map(({ identity }) => identity).join('\n'), { mode: 0o600 });
}, 300_000);
afterAll(async () => rm(folder, { recursive: true, force: true }));

async function run(...args: readonly string[]): Promise<string> {
  const env = { HOME: folder, PATH: '', SOPS_AGE_KEY_FILE: join(folder, 'keys.txt') };
  return (await promisify(execFile)(sops, [...args], { cwd: folder, env })).stdout;
}

async function encrypt(name: string, text: string | Buffer, ...args: readonly string[]): Promise<string> {
  await writeFile(join(folder, name), text);
  return await run('encrypt', ...(args.length === 0 ? ['--age', keys[0].recipient] : args), name);
}

async function decryptWithSops(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return await run('decrypt', name);
}

function decrypt(manifest: Manifest, with_: readonly AgeKey[] = keys): Promise<Manifest> {
  return decryptSopsManifest(manifest, {
    ageIdentities: with_.map(({ identity }) => conceal(Buffer.from(identity))),
    dataKeys: { decrypt: async () => Promise.reject(new Error('nobody should ask')) },
    kms: { keys: [], roles: [] },
    conceal,
    allowMetadata: false,
    allowKind: () => false,
  });
}

function valuesOf({ data }: Manifest): { readonly [key: string]: string } {
  return Object.fromEntries(
    Object.entries(isJsonObject(data) ? data : {}).map(([key, value]) => [
      key,
      value instanceof SecretValue ? Buffer.from(revealSecret(value)).toString('latin1') : '',
    ]),
  );
}

const manifestText = `# the database
apiVersion: v1
kind: Secret
metadata:
    name: db
    labels:
        app: shop
        tier: "1"
type: Opaque
stringData:
    user: ali # inline
    # above
    password: |
        line 1
        line 2
    empty: ""
    unicode: grüße ☃
data:
    token: b3BlbgA=
`;
const values = {
  user: 'ali',
  password: 'line 1\nline 2\n',
  empty: '',
  unicode: Buffer.from('grüße ☃').toString('latin1'),
  token: 'open\0',
};
const secretOnly = ['--encrypted-regex', '^(data|stringData)$'];

async function encryptedManifest(...args: readonly string[]): Promise<Manifest> {
  const [manifest] = parseManifests(await encrypt('secret.yaml', manifestText, ...args), 'secret.yaml');
  return manifest as Manifest;
}

describe('with the real sops', () => {
  it.each([
    { title: 'an age key', key: 0 },
    { title: 'a hybrid age key', key: 2 },
  ])('a Secret is decrypted, and its MAC is right: $title', async ({ key }) => {
    const encrypted = await encryptedManifest('--age', (keys[key] as AgeKey).recipient, ...secretOnly);
    expect(isSopsManifest(encrypted)).toBe(true);
    const decrypted = await decrypt(encrypted);
    expect(valuesOf(decrypted)).toEqual(values);
    expect(decrypted).toMatchObject({ kind: 'Secret', type: 'Opaque', metadata: { name: 'db' } });
    expect((await failureOf(decrypt({ ...encrypted, type: 'Other' }))).message).toContain('its MAC is not right');
  });

  it('a MAC over encrypted values alone lets labels be added', async () => {
    const rule = `{mac_only_encrypted: true, encrypted_regex: ^(data|stringData)$, age: ${keys[0].recipient}}`;
    await writeFile(join(folder, 'only.yaml'), `creation_rules: [${rule}]`);
    await writeFile(
      join(folder, 'numbers.yaml'),
      manifestText.replace('    user: ali', '    "10": ten\n    "9": nine'),
    );
    const text = await run('--config', 'only.yaml', 'encrypt', 'numbers.yaml');
    const [manifest] = parseManifests(text, 'numbers.yaml') as readonly [Manifest];
    const labelled = { ...manifest, metadata: { ...manifest.metadata, labels: { added: 'yes' } } };
    expect(valuesOf(await decrypt(labelled))).toMatchObject({ 10: 'ten', 9: 'nine', token: 'open\0' });
  });

  it.each([
    { title: 'two of three', with_: [0, 2] },
    { title: 'all of three', with_: [0, 1, 2] },
  ])('key groups open with $title', async ({ with_ }) => {
    const groups = keys.map(({ recipient }) => `      - age: [${recipient}]`).join('\n');
    const rules = `creation_rules:\n  - shamir_threshold: 2\n    mac_only_encrypted: true\n    encrypted_regex: ^stringData$\n    key_groups:\n${groups}\n`;
    await writeFile(join(folder, 'rules.yaml'), rules);
    await writeFile(join(folder, 'groups.yaml'), manifestText);
    const encrypted = await run('--config', 'rules.yaml', 'encrypt', 'groups.yaml');
    const [manifest] = parseManifests(encrypted, 'groups.yaml') as readonly [Manifest];
    const chosen = with_.map((index) => keys[index] as AgeKey);
    expect(valuesOf(await decrypt(manifest, chosen))).toMatchObject({ user: 'ali' });
    const error = await failureOf(decrypt(manifest, [keys[1]]));
    expect(error.message).toContain('fewer than the 2 key groups it needs open');
  });

  it('it decrypts what the tests here encrypt', async () => {
    const dataKey = randomBytes(32);
    const block = { age: [{ recipient: keys[0].recipient, enc: await encryptForAge(dataKey, keys[0].recipient) }] };
    const manifest: Manifest = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, stringData: { a: 'b' } };
    const encrypted = encryptManifest(manifest, { dataKey, block });
    expect(JSON.parse(await decryptWithSops('ours.json', JSON.stringify(encrypted)))).toEqual(manifest);
  });
});

const yamlFile = `# top
zebra: 1
list:
    - x # inline
    # inside
    - 2.50
    - true
    - ""
    - null
nested:
    "10": ten
    "9": nine
    text: |
        several
        lines
    flow: "yes"
day: 2024-01-01
plain_unencrypted: yes
last: "a: b # c"
`;
const files: readonly { readonly name: string; readonly content: string | Buffer }[] = [
  { name: 'config.yaml', content: yamlFile },
  { name: 'several.yaml', content: 'a: one\n---\nb: two\n' },
  {
    name: 'config.json',
    content:
      '{\n\t"z": 1,\n\t"a": {\n\t\t"b": [\n\t\t\t2.5,\n\t\t\t"<&>\\"é",\n\t\t\tnull,\n\t\t\ttrue\n\t\t],\n\t\t"10": "x",\n\t\t"9": {}\n\t}\n}',
  },
  { name: 'app.env', content: '# settings\nUSER=ali\nPASSWORD=p=q "r"\nLINES=a\\nb\n' },
  { name: 'key.bin', content: Buffer.from([0, 1, 2, 255, 254, 10, 13]) },
  { name: 'notes', content: 'any text\n' },
];

describe('an encrypted file in a Secret', () => {
  const secretWith = (key: string, text: string): Manifest => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'files' },
    data: { [key]: Buffer.from(text).toString('base64'), other: 'bGVmdA==' },
  });

  it.each(files)('is decrypted as sops does: $name', async ({ name, content }) => {
    const encrypted = await encrypt(name, content);
    const manifest = secretWith(name, encrypted);
    expect(isSopsManifest(manifest)).toBe(true);
    const { data } = await decrypt(manifest);
    const value = isJsonObject(data) ? data[name] : undefined;
    const text = value instanceof SecretValue ? Buffer.from(revealSecret(value)) : Buffer.alloc(0);
    expect(isJsonObject(data) ? data['other'] : undefined).toBe('bGVmdA==');
    if (typeof content !== 'string') return expect(text).toEqual(content);
    const theirs = await decryptWithSops(name, encrypted);
    if (!name.endsWith('.yaml')) return expect(withoutComments(text.toString())).toBe(withoutComments(theirs));
    return expect(documentsOf(text.toString())).toEqual(documentsOf(theirs));
  });

  it('that was edited is refused, and its key named', async () => {
    const encrypted = await encrypt('app.env', 'A=b\n');
    const error = await failureOf(decrypt(secretWith('app.env', `NEW=x\n${encrypted}`)));
    expect(error.message).toContain('Secret files, key app.env: NEW cannot be decrypted');
  });

  it('in INI form is refused by name', async () => {
    const error = await failureOf(decrypt(secretWith('a.ini', await encrypt('a.ini', '[a]\nb = c\n'))));
    expect(error.message).toContain('encrypted INI files are not supported');
  });
});

function documentsOf(text: string): readonly Json[] {
  return text.split(/^---$/m).map((document) => JSON.parse(JSON.stringify(parseYaml(document, 'x'))) as Json);
}

/** Encrypted comments are left out here, which sops would bring back. */
function withoutComments(text: string): string {
  return text.replaceAll(/^#.*\n/gm, '').trimEnd();
}

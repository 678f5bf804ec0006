import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ObjectStore } from '../../../shared/ports.ts';
import { syncApplication } from '../../../shared/workflows/sync/sync.ts';
import { type Engine, openEngine } from '../../support/engine.ts';
import { type AgeKey, createAgeKey } from '../../support/secret-tools/age-keys.ts';
import { provideSops } from '../../support/secret-tools/provide-secret-tools.ts';
import { keyFile } from '../../support/secret-tools/sealing-keys.ts';
import { readerOf } from '../../support/secrets/manifests.ts';
import { noSecrets } from '../../support/secrets/no-secrets.ts';
import { secretPorts } from '../../support/secrets/secret-ports.ts';

let sops: string;
let folder: string;
let key: AgeKey;
let engine: Engine;
beforeAll(async () => {
  sops = await provideSops();
  key = await createAgeKey();
  folder = await mkdtemp(join(tmpdir(), 'plumb-sops-'));
}, 300_000);
beforeEach(async () => {
  const keyFiles = { ...noSecrets.keyFiles, read: async () => [keyFile('age.txt', key.identity)] };
  engine = await openEngine({ secrets: secretPorts({ sops: { age: [{ file: 'age.txt' }] } }, { keyFiles }) });
});
afterEach(() => engine.close());
afterAll(() => rm(folder, { recursive: true, force: true }));

async function encrypted(password: string, ...rules: readonly string[]): Promise<string> {
  const secret = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  user: shop\n  password: ${password}\n`;
  await writeFile(join(folder, 'db.yaml'), secret);
  const args = ['encrypt', '--age', key.recipient, ...rules, 'db.yaml'];
  return (await promisify(execFile)(sops, args, { cwd: folder, env: { HOME: folder, PATH: '' } })).stdout;
}

const onlyData = ['--encrypted-regex', '^(data|stringData)$'];

const sync = (ports = engine.ports) =>
  syncApplication({ application: engine.application('shop'), project: engine.project, reason: 'manual' }, ports);

const password = async (): Promise<string> =>
  Buffer.from((await engine.live('Secret', 'db'))?.data?.['password'] ?? '', 'base64').toString();

async function everythingIn(store: ObjectStore): Promise<string> {
  const texts = (await store.list('')).map(async (name) => {
    const body = (await store.get(name))?.body ?? new Uint8Array();
    return (name.endsWith('.gz') ? gunzipSync(body) : Buffer.from(body)).toString();
  });
  return (await Promise.all(texts)).join('\n');
}

describe('A Secret that sops has encrypted', () => {
  it('is decrypted on its way to the cluster, and lies in the store as it lies in Git', async () => {
    await engine.git.createRepository('shop', { 'app/db.yaml': await encrypted('0pened', ...onlyData) });
    const { head } = await sync();
    expect(head.operation?.message).toBe('all objects are applied');
    expect(await password()).toBe('0pened');
    const kept = await everythingIn(engine.ports.store);
    expect(kept).toContain('ENC[AES256_GCM');
    expect(kept).not.toContain('0pened');
    expect(kept).not.toContain(Buffer.from('0pened').toString('base64'));
    expect(await readdir(folder)).toEqual(['db.yaml']);
    expect((await sync()).results.map(({ action }) => action)).toEqual(['unchanged']);
  });

  it('restarts what reads it when it is changed in Git', async () => {
    await engine.git.createRepository('shop', {
      'app/db.yaml': await encrypted('before', ...onlyData),
      'app/web.yaml': readerOf('db'),
    });
    await sync();
    const stampOf = async (): Promise<unknown> =>
      JSON.stringify((await engine.live('Deployment', 'web', 'apps/v1'))?.spec?.['template']).includes('secrets-hash');
    expect(await stampOf()).toBe(false);
    await engine.git.commit('shop', { files: { 'app/db.yaml': await encrypted('after', ...onlyData) } });
    await sync();
    expect([await password(), await stampOf()]).toEqual(['after', true]);
  });

  it('is left as it is when somebody has edited the ciphertexts, and says so', async () => {
    const file = await encrypted('0pened', ...onlyData);
    await engine.git.createRepository('shop', { 'app/db.yaml': file });
    await sync();
    const without = file.replace(/^ {4}user: .*\n/m, '');
    expect(without).not.toBe(file);
    await engine.git.commit('shop', { files: { 'app/db.yaml': without } });
    const { results } = await sync();
    expect(results[0]?.message).toMatch(/MAC is not right/);
    expect(await password()).toBe('0pened');
  });

  it('is opened with a key of a grant in the namespaces of that grant alone', async () => {
    const keyFiles = { ...noSecrets.keyFiles, read: async () => [keyFile('age.txt', key.identity)] };
    const grantedTo = (namespace: string) => ({
      ...engine.ports,
      secrets: secretPorts(
        { allow: [{ namespaces: [namespace], sops: { age: [{ file: 'age.txt' }] } }] },
        { keyFiles },
      ),
    });
    await engine.git.createRepository('shop', { 'app/db.yaml': await encrypted('0pened', ...onlyData) });
    const { results } = await sync(grantedTo('another'));
    expect(results[0]).toMatchObject({ action: 'failed', message: expect.stringMatching(/no age identity/) });
    await sync(grantedTo(engine.namespace));
    expect(await password()).toBe('0pened');
  });

  it('is refused by name without the key, and the key file is not read where nothing is encrypted', async () => {
    const other = await createAgeKey();
    const keyFiles = { ...noSecrets.keyFiles, read: async () => [keyFile('age.txt', other.identity)] };
    const wrong = { ...engine.ports, secrets: secretPorts({ sops: { age: [{ file: 'age.txt' }] } }, { keyFiles }) };
    await engine.git.createRepository('shop', { 'app/db.yaml': await encrypted('0pened', ...onlyData) });
    const { results } = await sync(wrong);
    expect(results[0]).toMatchObject({
      action: 'failed',
      message: expect.stringContaining(`Secret ${engine.namespace}/db`),
    });
    expect(JSON.stringify(results)).not.toContain('0pened');
    expect(await readFile(join(folder, 'db.yaml'), 'utf8')).toContain('0pened');
  });
});

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { secretsCommand } from '../../../cli/commands/secrets.ts';
import { addGlobalOptions } from '../../../cli/global-options.ts';
import { createAct } from '../../../cli/session.ts';
import { KeyRing } from '../../../shared/secrets/sealed/key-ring.ts';
import { openValues } from '../../../shared/secrets/sealed/open-values.ts';
import { parseSealingKeys } from '../../../shared/secrets/sealed/sealing-keys.ts';
import { keyFile } from '../../support/secret-tools/sealing-keys.ts';
import { createTestShell } from '../../unit/cli/test-shell.ts';

type Ran = { readonly exitCode: number; readonly out: string; readonly err: string };

let folder = '';
let config: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-secrets-'));
  const file = join(folder, 'secrets.yaml');
  await writeFile(file, `sealedSecrets: { keys: [{ folder: ${join(folder, 'keys')} }] }\n`);
  config = ['--secrets-config', file, '--store', join(folder, 'store'), '--cache', join(folder, 'cache')];
  await plumb(['new-key']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function plumb(words: readonly string[], stdin: string | Buffer = ''): Promise<Ran> {
  const shell = createTestShell({ folder, stdin });
  let exitCode = -1;
  const act = createAct(shell, (code) => {
    exitCode = code;
  });
  const program = addGlobalOptions(new Command('plumb'));
  program.addCommand(secretsCommand(act));
  await program.parseAsync(['secrets', ...words, ...config], { from: 'user' });
  return { exitCode, out: shell.out(), err: shell.err() };
}

const secret = `apiVersion: v1
kind: Secret
metadata: { name: db, namespace: shop }
stringData: { password: open sesame }
`;

describe('plumb secrets', () => {
  it('keeps a new key where nobody else can read it', async () => {
    const names = await readdir(join(folder, 'keys'));
    expect(names).toEqual([expect.stringMatching(/^sealing-key-[0-9a-f]{12}\.pem$/)]);
    expect((await stat(join(folder, 'keys', String(names[0])))).mode & 0o777).toBe(0o600);
  });

  it('seals a Secret from stdin with the newest key', async () => {
    const { exitCode, out, err } = await plumb(['seal'], secret);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain('kind: SealedSecret');
    expect(out).toMatch(/password: Ag/);
    expect(out).not.toContain('sesame');
  });

  it('seals with a certificate, under another name, for a scope', async () => {
    const cert = (await plumb(['cert'])).out;
    expect(cert).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
    await writeFile(join(folder, 'cert.pem'), cert);
    const words = ['seal', '--cert', 'cert.pem', '--name', 'other', '--scope', 'cluster-wide', '-o', 'json'];
    const sealed = JSON.parse((await plumb(words, secret)).out) as object;
    expect(sealed).toMatchObject({
      metadata: { name: 'other', annotations: { 'sealedsecrets.bitnami.com/cluster-wide': 'true' } },
    });
  });

  it('seals one value', async () => {
    const { out } = await plumb(['seal', '--raw', '--name', 'db', '--namespace', 'shop'], 'open sesame');
    expect(out).toMatch(/^Ag[\w+/=]+\n$/);
    const refused = await plumb(['seal', '--raw', '--name', 'db'], 'open sesame');
    expect(refused.exitCode).toBe(2);
    expect(refused.err).toContain('--raw wants --namespace');
  });

  it('seals bytes that are no text as they are', async () => {
    const bytes = Buffer.from([0x61, 0xff, 0x00, 0x62]);
    const words = ['seal', '--raw', '--name', 'db', '--namespace', 'shop'];
    const sealed = (await plumb(words, bytes)).out.trim();
    const keys = parseSealingKeys(
      await Promise.all(
        (await readdir(join(folder, 'keys'))).map(async (name) =>
          keyFile(name, await readFile(join(folder, 'keys', name), 'utf8')),
        ),
      ),
    );
    const place = { scope: 'strict', namespace: 'shop', name: 'db' } as const;
    const opened = await openValues(new KeyRing(), { place, encrypted: new Map([['x', sealed]]), keys });
    expect(opened.get('x')).toEqual({ bytes });
  });

  it.each([
    ['what is no manifest', 'open sesame: [', 'the input is no Kubernetes manifest'],
    ['nothing', '', 'the input holds no Secret'],
    ['what SOPS has encrypted', `${secret}sops: { mac: x }\n`, 'SOPS has encrypted it'],
    ['another kind', secret.replace('Secret', 'ConfigMap'), 'it is not a Secret'],
  ])('refuses to seal %s, and does not repeat it', async (_, input, message) => {
    const { exitCode, out, err } = await plumb(['seal'], input);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(message);
    expect(err).not.toContain('sesame');
  });

  it('seals files anew with a newer key, and changes nothing else in them', async () => {
    const sealed = `# my comment\n${(await plumb(['seal'], secret)).out}`;
    await writeFile(join(folder, 'db.yaml'), sealed);
    await plumb(['new-key']);
    const { exitCode, out } = await plumb(['re-encrypt', 'db.yaml']);
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: 'db.yaml: 1 value of 1 SealedSecret\n' });
    const after = await readFile(join(folder, 'db.yaml'), 'utf8');
    expect(after).not.toBe(sealed);
    expect(after.replace(/password: .*/, '')).toBe(sealed.replace(/password: .*/, ''));
    const piped = await plumb(['re-encrypt'], after);
    expect(piped.out).toMatch(/^# my comment\n/);
  });

  it('imports keys of a List once, and says which it knew', async () => {
    const pem = (await readFile(join(folder, 'keys', String((await readdir(join(folder, 'keys')))[0])))).toString();
    const at = pem.indexOf('-----BEGIN RSA PRIVATE');
    const data = { 'tls.crt': btoa(pem.slice(0, at)), 'tls.key': btoa(pem.slice(at)) };
    const labels = { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'compromised' };
    const item = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'k', labels }, data };
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [item] });
    const first = await plumb(['import-keys', '--to', 'imported'], list);
    expect(first.out).toMatch(/^Sealing key [0-9a-f]{12} added \(retired\)\n/);
    const second = await plumb(['import-keys', '--to', 'imported'], list);
    expect(second.out).toMatch(/was there already \(retired\)\n/);
    expect(first.out + first.err).not.toContain('PRIVATE');
    expect(await readdir(join(folder, 'imported'))).toEqual([expect.stringMatching(/\.json$/)]);
  });
});

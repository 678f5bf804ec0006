import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApplicationDiff } from '../../../shared/model/sync-request.ts';
import type { Ports } from '../../../shared/ports.ts';
import type { KeyFiles } from '../../../shared/secret-ports.ts';
import { readSealingCertificate, sealSecret } from '../../../shared/secrets/sealed/seal.ts';
import { listSnapshots } from '../../../shared/state/snapshots.ts';
import { diffApplication } from '../../../shared/workflows/compare/diff.ts';
import { diffSnapshots } from '../../../shared/workflows/compare/diff-snapshots.ts';
import { assessStatus } from '../../../shared/workflows/compare/status.ts';
import { createKeys, keyFile } from '../../support/secret-tools/sealing-keys.ts';
import { externalSecret, ownStore } from '../../support/secrets/manifests.ts';
import { noSecrets } from '../../support/secrets/no-secrets.ts';
import { openSecretsBed, type SecretsBed } from '../../support/secrets/secrets-bed.ts';

const values = ['kQ9-rotating-1', 'kQ9-rotating-2', 'kQ9-sealed-3'] as const;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

let bed: SecretsBed;
let key: string;
beforeEach(async () => {
  [key = ''] = await createKeys(1);
  const keyFiles: KeyFiles = { read: async () => [keyFile('key.pem', key)], add: async () => undefined };
  bed = await openSecretsBed({
    config: { allow: [{}], sealedSecrets: { keys: [{ file: 'key.pem' }] } },
    secrets: { keyFiles },
  });
  await bed.putSecret('source', { password: values[0], user: 'shop' });
  await bed.commit({
    'app/store.yaml': ownStore('store', bed.engine.namespace),
    'app/db.yaml': externalSecret('db', { old: 'source#user', password: 'source#password' }),
    'app/sealed.yaml': sealed({ token: values[2] }),
  });
  await bed.sync();
  expect([await bed.value('db', 'password'), await bed.value('sealed', 'token')]).toEqual([values[0], values[2]]);
});
afterEach(() => bed.close());

const sealed = (data: Readonly<Record<string, string>>): string => {
  const metadata = { name: 'sealed', namespace: bed.engine.namespace };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: data };
  return JSON.stringify(sealSecret(secret, { key: readSealingCertificate(key, new Date()), randomBytes }));
};

/** The engine's ports; whoever asks a provider or for a key fails. */
const asking = (): Ports => {
  const { stores, keyFiles, dataKeys } = noSecrets;
  return { ...bed.engine.ports, secrets: { ...bed.engine.ports.secrets, stores, keyFiles, dataKeys } };
};
const asked = () => ({ application: bed.application, project: bed.engine.project });
const textOf = (diff: ApplicationDiff, name: string): string =>
  diff.differences.find(({ ref }) => ref.name === name && ref.kind === 'Secret')?.text ?? '';
const tellsNothing = (told: unknown): void => {
  const text = JSON.stringify(told);
  for (const value of values) expect([text.includes(value), text.includes(base64(value))]).toEqual([false, false]);
};
/** Lines that come and go. */
const changed = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => /^[-+] /.test(line))
    .map((line) => line.replace(/<.*/, '*').replace(/ +/g, ' '));

describe('A diff of a revision that nobody has agreed to', () => {
  it('asks no provider and for no key, and shows which keys come and go', async () => {
    await bed.engine.git.commit('shop', {
      branch: 'feature',
      from: 'main',
      files: {
        'app/db.yaml': externalSecret('db', { password: 'source#password', other: 'somewhere/else' }),
        'app/sealed.yaml': sealed({ token: values[2], second: values[2] }),
        'app/more.yaml': externalSecret('more', { key: 'not/ours' }),
      },
    });
    const diff = await diffApplication({ ...asked(), revision: 'feature' }, asking());
    expect(diff.unknown).toEqual([]);
    expect(changed(textOf(diff, 'db'))).toEqual(['- old: *', '+ other: *']);
    expect(changed(textOf(diff, 'sealed'))).toContain('+ second: *');
    expect(textOf(diff, 'more')).toMatch(/\+ {2}key: <hidden/);
    tellsNothing([diff, bed.engine.progress]);
  });

  it('shows no change of values, though there is one', async () => {
    await bed.putSecret('source', { password: values[1], user: 'shop' });
    await bed.engine.git.commit('shop', { branch: 'feature', from: 'main', files: { 'app/none.txt': '' } });
    const diff = await diffApplication({ ...asked(), revision: 'feature' }, asking());
    expect(textOf(diff, 'db')).toBe('');
  });

  it('is refused to nobody for what the operator forbids', async () => {
    const files = { 'app/db.yaml': externalSecret('db', { stolen: 'of/others' }, { secretStoreRef: { name: 'no' } }) };
    await bed.engine.git.commit('shop', { branch: 'feature', from: 'main', files });
    const diff = await diffApplication({ ...asked(), revision: 'feature' }, asking());
    expect(changed(textOf(diff, 'db'))).toContain('+ stolen: *');
  });
});

describe('What is declared', () => {
  it('shows a rotated value as a changed mark, in a diff and in the status', async () => {
    await bed.putSecret('source', { password: values[1], user: 'shop' });
    const diff = await diffApplication(asked(), bed.engine.ports);
    expect(diff.differences.map(({ ref }) => ref.name)).toEqual(['db']);
    expect(changed(textOf(diff, 'db'))).toEqual(['- password: *', '+ password: *']);
    expect(textOf(diff, 'db')).toContain('<hidden');
    const { head, comparison } = await assessStatus(asked(), bed.engine.ports);
    expect(head.sync.code).toBe('OutOfSync');
    tellsNothing([diff, head, comparison, bed.engine.progress]);
  });

  it('is compared with the cluster by marks, when that is with a snapshot', async () => {
    await bed.putSecret('db', { old: 'shop', password: values[1] });
    const { snapshots } = await listSnapshots(bed.engine.ports.store, 'shop');
    const [from] = snapshots;
    if (from === undefined) throw new Error('there is no snapshot');
    const diff = await diffSnapshots({ from, to: 'live' }, bed.engine.ports);
    expect(changed(textOf(diff, 'db'))).toEqual(expect.arrayContaining(['- password: *', '+ password: *']));
    tellsNothing([diff, from]);
  });
});

describe('A diff of snapshots', () => {
  it('asks nobody, and shows what was asked for, not what came', async () => {
    await bed.commit({ 'app/db.yaml': externalSecret('db', { password: 'source#user' }) });
    await bed.sync();
    const { snapshots } = await listSnapshots(bed.engine.ports.store, 'shop');
    const [from, to] = snapshots;
    if (from === undefined || to === undefined) throw new Error('there are no two snapshots');
    const diff = await diffSnapshots({ from, to }, asking());
    expect(diff.differences.map(({ ref }) => [ref.kind, ref.name])).toEqual([['ExternalSecret', 'db']]);
    tellsNothing([diff, snapshots]);
    const git = await diffSnapshots({ from, to: 'git' }, asking());
    expect(git.differences.map(({ ref }) => [ref.kind, ref.name])).toEqual([['ExternalSecret', 'db']]);
  });
});

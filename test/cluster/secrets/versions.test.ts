import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { listSnapshots } from '../../../shared/state/snapshots.ts';
import { type RollbackRequest, rollbackApplication } from '../../../shared/workflows/rollback/rollback.ts';
import { unpinApplication } from '../../../shared/workflows/rollback/unpin.ts';
import { failureOf } from '../../support/failure-of.ts';
import type { GitFiles } from '../../support/git-repositories.ts';
import { configMap } from '../../support/manifests.ts';
import { externalSecret, ownStore, vaultStore } from '../../support/secrets/manifests.ts';
import { openSecretsBed, type SecretsBed } from '../../support/secrets/secrets-bed.ts';
import { type StartedVault, startVault } from '../../support/vault/start-vault.ts';
import { askVault, mountKv } from '../../support/vault/vault-admin.ts';

let vault: StartedVault;
let bed: SecretsBed;
beforeAll(async () => {
  vault = await startVault();
  await mountKv(vault, 'kv', 'v2');
});
afterAll(() => vault.stop());
beforeEach(async () => {
  bed = await openSecretsBed({ config: { allow: [{ vault: [{ server: vault.url, paths: ['kv/*'] }] }] } });
  await bed.putSecret('vault', { token: vault.token });
});
afterEach(() => bed.close());

const secret = (name = 'crm'): string => `${bed.engine.namespace}/${name}`;
const write = async (password: string, name?: string): Promise<void> => {
  await askVault(vault, `kv/data/${secret(name)}`, { body: { data: { password } } });
};
const commit = (v: string, db: GitFiles): Promise<string> =>
  bed.commit({
    'app/store.yaml': vaultStore('store', vault.url),
    'app/prompts.yaml': configMap('prompts', { v }),
    ...db,
  });
const readsCrm = (): GitFiles => ({ 'app/db.yaml': externalSecret('db', { key: `${secret()}#password` }) });
const findsAll = (): GitFiles => ({
  'app/db.yaml': externalSecret(
    'db',
    {},
    { data: undefined, dataFrom: [{ find: { path: bed.engine.namespace, name: { regexp: '.' } } }] },
  ),
});
const snapshots = async (): Promise<readonly string[]> => (await bed.head()).snapshots.map(({ name }) => name);
const rollback = (snapshot: string | undefined, more: Partial<RollbackRequest> = {}) =>
  rollbackApplication(
    {
      application: bed.application,
      project: bed.engine.project,
      until: 'unpinned',
      ...(snapshot === undefined ? {} : { snapshot }),
      ...more,
    },
    bed.engine.ports,
  );
const asOf = { secrets: 'as-of-snapshot' } as const;
const prompt = async () => (await bed.engine.live('ConfigMap', 'prompts'))?.data?.['v'];

/** Two snapshots, each with another value of the secret. */
const deployTwice = async (files: () => GitFiles): Promise<readonly string[]> => {
  await write('first');
  await commit('one', files());
  await bed.sync();
  await write('second');
  await commit('two', files());
  await bed.sync();
  return snapshots();
};

describe('A snapshot', () => {
  it('has the versions of its secrets on record, and no value', async () => {
    await deployTwice(readsCrm);
    const kept = await listSnapshots(bed.engine.ports.store, 'shop');
    const versions = kept.snapshots.map(({ secrets = [] }) => secrets.flatMap(({ reads }) => reads));
    expect(versions.map((reads) => reads.map(({ key, version }) => [key, version]))).toEqual([
      [[secret(), '1']],
      [[secret(), '2']],
    ]);
    const head = await bed.head();
    expect(head.secrets?.[0]?.reads[0]?.version).toBe('2');
    expect(/first|second/.test(JSON.stringify([kept.snapshots, head]))).toBe(false);
  });
});

describe('A rollback', () => {
  it('as of the snapshot has the values of then, and keeps them until it is unpinned', async () => {
    const [first] = await deployTwice(readsCrm);
    const { head } = await rollback(first, asOf);
    expect([head.pin?.secrets, await prompt(), await bed.value('db')]).toEqual(['as-of-snapshot', 'one', 'first']);
    await write('third');
    await bed.sync();
    expect(await bed.value('db')).toBe('first');
    await bed.refresh();
    expect(await bed.value('db')).toBe('first');
    expect((await bed.head()).secrets?.[0]?.reads[0]?.version).toBe('1');
    await unpinApplication('shop', bed.engine.ports);
    await bed.sync();
    expect([await prompt(), await bed.value('db')]).toEqual(['two', 'third']);
  });

  it('without that has the values of now', async () => {
    const [first] = await deployTwice(readsCrm);
    await rollback(first);
    expect([await prompt(), await bed.value('db')]).toEqual(['one', 'second']);
  });

  it('as of the snapshot has what a search found then, and not what came since', async () => {
    const [first] = await deployTwice(findsAll);
    await write('new', 'later');
    await bed.refresh();
    const found = (await bed.engine.live('Secret', 'db'))?.data ?? {};
    expect(Object.keys(found)).toHaveLength(2);
    await rollback(first, asOf);
    const now = (await bed.engine.live('Secret', 'db'))?.data ?? {};
    expect(Object.values(now).map((value) => Buffer.from(value, 'base64').toString())).toEqual([
      '{"password":"first"}',
    ]);
  });

  it('to the same revision with other versions is possible', async () => {
    await write('first');
    await commit('one', readsCrm());
    await bed.sync();
    await write('second');
    await bed.refresh();
    const [first] = await snapshots();
    expect(await bed.value('db')).toBe('second');
    await rollback(first, asOf);
    expect(await bed.value('db')).toBe('first');
  });

  it('to a version that is gone says so, and pins nothing', async () => {
    const [first] = await deployTwice(readsCrm);
    await askVault(vault, `kv/destroy/${secret()}`, { method: 'PUT', body: { versions: [1] } });
    const error = await failureOf(rollback(first, asOf));
    expect(error.message).toContain(`SecretStore ${bed.engine.namespace}/store`);
    expect(error.message).toContain(secret());
    expect((await bed.head()).pin).toBeUndefined();
    expect([await prompt(), await bed.value('db')]).toEqual(['two', 'second']);
  });

  it('as of the snapshot with a store that keeps no versions says so, and pins nothing', async () => {
    await bed.putSecret('source', { password: 'first' });
    const files = {
      'app/store.yaml': ownStore('store', bed.engine.namespace),
      'app/db.yaml': externalSecret('db', { key: 'source#password' }),
    };
    await bed.commit({ ...files, 'app/prompts.yaml': configMap('prompts', { v: 'one' }) });
    await bed.sync();
    await bed.commit({ 'app/prompts.yaml': configMap('prompts', { v: 'two' }) });
    await bed.sync();
    const [first] = await snapshots();
    const error = await failureOf(rollback(first, asOf));
    expect(error.message).toContain('keeps no older versions');
    expect(error.hint).toContain('--secrets=as-of-snapshot');
    expect((await bed.head()).pin).toBeUndefined();
    expect(await prompt()).toBe('two');
  });
});

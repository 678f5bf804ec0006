import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { createVaultStores } from '../../shared/adapters/vault/open-vault-store.ts';
import type { VaultStore } from '../../shared/model/vault-store.ts';
import { type StartedVault, startVault } from '../support/vault/start-vault.ts';
import { askVault, makeToken, mountKv, putPolicy } from '../support/vault/vault-admin.ts';
import { accessWith, vaultSecretStore } from '../support/vault/vault-stores.ts';
import { conceal, type ProviderBed, secretProviderContract } from './secret-provider.ts';

let vault: StartedVault;

beforeAll(async () => {
  vault = await startVault();
});

afterAll(() => vault.stop());

for (const version of ['v1', 'v2'] as const) secretProviderContract(`Vault KV ${version}`, () => openBed(version));

/** A mount and a policy of its own for each test. */
async function openBed(version: VaultStore['version']): Promise<ProviderBed> {
  const mount = `kv-${randomUUID()}`;
  const denied: string[] = [];
  const writePolicy = (): Promise<void> => putPolicy(vault, mount, policyOf(mount, denied));
  await mountKv(vault, mount, version);
  await writePolicy();
  const data = version === 'v2' ? `${mount}/data` : mount;
  const secrets = { token: await makeToken(vault, [mount]) };
  const stores = createVaultStores({ conceal, timeoutMs: 10_000, keepMs: 0 });
  const store = vaultSecretStore({ server: vault.url, path: mount, version });
  const put: ProviderBed['put'] = async (key, value, tags) => {
    const text = Buffer.from(value).toString();
    await askVault(vault, `${data}/${key}`, { body: version === 'v2' ? `{"data":${text}}` : text });
    if (tags !== undefined && version === 'v2')
      await askVault(vault, `${mount}/metadata/${key}`, { body: { custom_metadata: tags } });
  };
  return {
    provider: await stores.open(store, accessWith(secrets)),
    put,
    remove: async (key) => {
      await askVault(vault, `${data}/${key}`, { method: 'DELETE' });
    },
    deny: async (key) => {
      denied.push(`${data}/${key}`);
      await writePolicy();
    },
    ...(version === 'v2' ? { putVersion: versioned(put), metadata: true, tags: true } : {}),
    pathRoot: '',
    close: () => stores.close(),
  };
}

function versioned(put: ProviderBed['put']): NonNullable<ProviderBed['putVersion']> {
  const versions = new Map<string, number>();
  return async (key, value) => {
    await put(key, value);
    const version = (versions.get(key) ?? 0) + 1;
    versions.set(key, version);
    return String(version);
  };
}

function policyOf(mount: string, denied: readonly string[]): string {
  const rules = denied.map((path) => `path "${path}" { capabilities = ["deny"] }`);
  return [`path "${mount}/*" { capabilities = ["read", "list"] }`, ...rules].join('\n');
}

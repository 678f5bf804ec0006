import type { SecretsGrant } from '../../model/secrets-config.ts';
import { vaultPathOf } from '../../model/vault-path.ts';
import type { VaultStore } from '../../model/vault-store.ts';
import { allowsName } from './matches-any.ts';

/** Why a store may not read that path of its Vault; undefined: it may. */
export function objectionToVault(
  grants: SecretsGrant['vault'],
  store: VaultStore,
  key: string | undefined,
): string | undefined {
  const { server, caBundle, caProvider } = store;
  const known = grants.filter((grant) => withoutSlash(grant.server) === withoutSlash(server));
  if (known.length === 0) return `Vault server ${server} is not among \`vault\``;
  const bringsCa = caBundle !== undefined || caProvider !== undefined;
  const trusted = known.filter(({ ownCa }) => ownCa || !bringsCa);
  if (trusted.length === 0) return `a CA of the store's own is not allowed for ${server} (\`ownCa: true\`)`;
  if (key === undefined) return undefined;
  const found = vaultPathOf(store, key);
  if (found === undefined) return `Vault has no secrets at ${key}`;
  // Vault takes a namespace as the beginning of the path: the same path in another namespace is another secret.
  const namespace = (store.namespace ?? '').split('/').filter((part) => part !== '');
  const path = [...namespace, found.mount, found.path].join('/');
  if (trusted.some(({ paths }) => allowsName(paths, path))) return undefined;
  return `Vault path ${path} is not among \`paths\` of ${server}`;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

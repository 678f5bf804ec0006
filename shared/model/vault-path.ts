import type { VaultStore } from './vault-store.ts';

/** Where a key is in Vault: the mount of its engine, and the path within, without `data`. */
export type VaultPath = { readonly mount: string; readonly path: string };

type Engine = Pick<VaultStore, 'path' | 'version'>;

/** No engines of secrets: one of them would even hand out the token that is used. */
const forbiddenMounts = ['sys', 'auth', 'identity'];

/**
 * Where a store looks for a key, as External Secrets has it: a key may repeat the mount, and then `data`; without a mount in
 * the store each key begins with it. Undefined: no secret can be there, or the path would not stay where it seems to be.
 */
export function vaultPathOf(store: Engine, key: string): VaultPath | undefined {
  const written = clean(key);
  const found = store.path === undefined ? withoutMount(store, written) : withinMount(store, written);
  const parts = `${found.mount}/${found.path}`.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return undefined;
  return forbiddenMounts.includes(parts[0] ?? '') ? undefined : found;
}

/** Where a search begins; the path within the mount may be empty. Undefined: no mount is named, or it is no path. */
export function vaultFolderOf(store: Engine, path = ''): VaultPath | undefined {
  const below = vaultPathOf(store, `${path}/x`);
  return below && { mount: below.mount, path: below.path.slice(0, -1).replace(/\/$/, '') };
}

function withinMount({ path, version }: Engine, key: string): VaultPath {
  const mount = mountOf(path ?? '', version);
  if (!key.startsWith(`${mount}/`)) return { mount, path: key };
  const within = key.slice(mount.length + 1);
  const isRepeated = version === 'v2' && within.startsWith('data/');
  return { mount, path: isRepeated ? within.slice('data/'.length) : within };
}

function withoutMount({ version }: Engine, key: string): VaultPath {
  const data = version === 'v2' ? key.indexOf('/data/') : -1;
  if (data > 0) return { mount: key.slice(0, data), path: key.slice(data + '/data/'.length) };
  const slash = key.indexOf('/');
  return slash === -1 ? { mount: key, path: '' } : { mount: key.slice(0, slash), path: key.slice(slash + 1) };
}

/** For v2 the mount may be written with the `data` of its paths. */
function mountOf(path: string, version: Engine['version']): string {
  const mount = clean(path);
  return version === 'v2' ? mount.replace(/\/data$/, '') : mount;
}

function clean(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '')
    .join('/');
}

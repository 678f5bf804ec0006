import { describe, expect, it } from '@jest/globals';
import { vaultFolderOf, vaultPathOf } from '../../../shared/model/vault-path.ts';

type Version = 'v1' | 'v2';

describe('the place of a key in Vault', () => {
  it.each<[Version, string | undefined, string, string, string]>([
    ['v2', 'secret', 'foo', 'secret', 'foo'],
    ['v2', 'secret', 'foo/bar', 'secret', 'foo/bar'],
    ['v2', 'secret/', '/foo/', 'secret', 'foo'],
    ['v2', 'secret/data', 'foo', 'secret', 'foo'],
    ['v2', 'team/kv', 'foo', 'team/kv', 'foo'],
    ['v2', 'secret', 'secret/foo', 'secret', 'foo'],
    ['v2', 'secret', 'secret/data/foo', 'secret', 'foo'],
    ['v2', 'secret', 'data/foo', 'secret', 'data/foo'],
    ['v2', 'secret', 'secretive/foo', 'secret', 'secretive/foo'],
    ['v2', undefined, 'secret/foo/bar', 'secret', 'foo/bar'],
    ['v2', undefined, 'team/kv/data/foo', 'team/kv', 'foo'],
    ['v1', 'secret', 'foo', 'secret', 'foo'],
    ['v1', 'secret', 'secret/foo', 'secret', 'foo'],
    ['v1', 'secret', 'secret/data/foo', 'secret', 'data/foo'],
    ['v1', undefined, 'secret/foo/bar', 'secret', 'foo/bar'],
  ])('of version %s with the mount %s and the key %s is %s and then %s', (version, path, key, mount, within) => {
    const store = { version, ...(path === undefined ? {} : { path }) };
    expect(vaultPathOf(store, key)).toEqual({ mount, path: within });
  });

  it.each([
    ['secret', ''],
    ['secret', '..'],
    ['secret', 'foo/../../sys/mounts'],
    ['secret', './foo'],
    ['secret', 'secret/data/../../auth/token/lookup-self'],
    ['auth', 'token/lookup-self'],
    ['sys', 'mounts'],
    [undefined, 'secret'],
    [undefined, 'sys/raw/core'],
    [undefined, 'auth/token/lookup-self'],
    [undefined, '../secret/foo'],
  ])('is none for the mount %s and the key %s', (path, key) => {
    const mount = path === undefined ? {} : { path };
    expect(vaultPathOf({ version: 'v2', ...mount }, key)).toBeUndefined();
    expect(vaultPathOf({ version: 'v1', ...mount }, key)).toBeUndefined();
  });
});

describe('the place where a search begins', () => {
  it.each([
    ['secret', undefined, 'secret', ''],
    ['secret', '', 'secret', ''],
    ['secret', 'foo', 'secret', 'foo'],
    ['secret', 'foo/bar/', 'secret', 'foo/bar'],
    ['secret', 'secret', 'secret', ''],
    ['secret', 'secret/foo', 'secret', 'foo'],
    [undefined, 'secret', 'secret', ''],
    [undefined, 'secret/foo', 'secret', 'foo'],
    [undefined, 'team/kv/data/foo', 'team/kv', 'foo'],
    [undefined, 'team/kv/data', 'team/kv', ''],
  ])('with the mount %s and the path %s is %s and then "%s"', (mount, path, foundMount, within) => {
    const store = { version: 'v2' as const, ...(mount === undefined ? {} : { path: mount }) };
    expect(vaultFolderOf(store, path)).toEqual({ mount: foundMount, path: within });
  });

  it('is none without a mount', () => {
    expect(vaultFolderOf({ version: 'v2' })).toBeUndefined();
    expect(vaultFolderOf({ version: 'v2', path: 'secret' }, '../sys')).toBeUndefined();
  });
});

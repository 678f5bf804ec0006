import { isAbsolute, join } from 'node:path';
import type { GlobalOptions } from './global-options.ts';
import type { Shell } from './shell.ts';
import { parseStoreOption, type StorePlace } from './store-option.ts';

/** Where state, cache and the key that secrets are marked with are kept: as the options say, or else where the XDG base directory specification puts them. */
export function stateFolders(
  options: Pick<GlobalOptions, 'store' | 'cache'>,
  { env, home, folder }: Pick<Shell, 'env' | 'home' | 'folder'>,
): { readonly store: StorePlace; readonly cache: string; readonly markKey: string } {
  const base = (variable: string, otherwise: string): string => {
    const wanted = env[variable] ?? '';
    // The specification asks to ignore relative paths.
    return join(isAbsolute(wanted) ? wanted : join(home, otherwise), 'plumbline');
  };
  const given = (path: string | undefined): string | undefined =>
    path === undefined || isAbsolute(path) ? path : join(folder, path);
  return {
    store: parseStoreOption(options.store, (path) => given(path) ?? base('XDG_STATE_HOME', join('.local', 'state'))),
    cache: given(options.cache) ?? base('XDG_CACHE_HOME', '.cache'),
    markKey: join(base('XDG_CONFIG_HOME', '.config'), 'mark.key'),
  };
}

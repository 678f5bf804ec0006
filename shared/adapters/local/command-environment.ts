import { join } from 'node:path';
import type { Command } from '../../ports.ts';

/** Nothing answers there, so whatever honours a proxy reaches no network. */
const deadProxy = 'http://127.0.0.1:1';

/** The whole environment of a program: nothing of this process's own, so neither cloud credentials nor a kubeconfig. */
export function commandEnvironment({ home, network, environment }: Pick<Command, 'home' | 'network' | 'environment'>): {
  [name: string]: string;
} {
  return {
    ...environment,
    HOME: home,
    PATH: '/nonexistent',
    TMPDIR: home,
    LANG: 'C.UTF-8',
    KUBECONFIG: join(home, 'kubeconfig'),
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
    HELM_PLUGINS: join(home, 'plugins'),
    XDG_CONFIG_HOME: join(home, 'xdg'),
    ...(network ? {} : noNetwork),
  };
}

const noNetwork: { readonly [name: string]: string } = Object.fromEntries(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [
    [name, deadProxy],
    [name.toLowerCase(), deadProxy],
  ]),
);

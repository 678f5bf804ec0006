import { join } from 'node:path';
import type { Command } from '../../ports.ts';

/** Nothing answers there, so whatever honours a proxy reaches no network. */
const deadProxy = 'http://127.0.0.1:1';

/** How this machine reaches other hosts. What is left out or empty is as if the machine had none of it. */
export type CommandNetwork = {
  /** Addresses, as the usual variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY hold them. */
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly except?: string };
  /** Absolute path of a PEM file with the authorities to trust; for Go programs on Linux, which read SSL_CERT_FILE. */
  readonly caFile?: string;
};

/** The whole environment of a program: nothing of this process's own, so neither cloud credentials nor a kubeconfig. */
export function commandEnvironment(
  { home, network, environment }: Pick<Command, 'home' | 'network' | 'environment'>,
  reach: CommandNetwork = {},
): { [name: string]: string } {
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
    ...(network ? toVariables(reach) : noNetwork),
  };
}

function toVariables({ proxy = {}, caFile = '' }: CommandNetwork): { readonly [name: string]: string } {
  const { http = '', https = '', except = '' } = proxy;
  const variables = { HTTP_PROXY: http, HTTPS_PROXY: https, NO_PROXY: except, SSL_CERT_FILE: caFile };
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
}

const noNetwork: { readonly [name: string]: string } = Object.fromEntries(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [
    [name, deadProxy],
    [name.toLowerCase(), deadProxy],
  ]),
);

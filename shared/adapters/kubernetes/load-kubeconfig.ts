import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { messageOf } from '../../errors.ts';
import { type Kubeconfig, mergeKubeconfigs, parseKubeconfig, unreadable } from './kubeconfig.ts';

/** The variables of a process, given by the composition root. */
export type Environment = { readonly [name: string]: string | undefined };

/** Where a kubeconfig comes from: a path, several (merged as kubectl does), or one that was loaded already. */
export type KubeconfigSource = string | readonly string[] | KubeConfig;

/**
 * The kubeconfig of a source; without one, those that KUBECONFIG names, or else `~/.kube/config`.
 * Files that do not exist are left out, as kubectl does, unless none exists.
 */
export async function loadKubeconfig(
  source: KubeconfigSource | undefined,
  environment: Environment,
): Promise<Kubeconfig> {
  if (isLoaded(source)) return parseKubeconfig(source.exportConfig(), { path: 'as loaded', folder: '' });
  const paths = pathsOf(source, environment);
  const read = await Promise.all(paths.map(readKubeconfig));
  const found = read.filter((kubeconfig) => kubeconfig !== undefined);
  if (found.length === 0) throw unreadable(paths.join(', '), 'there is no such file');
  return mergeKubeconfigs(found);
}

function isLoaded(source: KubeconfigSource | undefined): source is KubeConfig {
  return typeof source === 'object' && 'exportConfig' in source;
}

function pathsOf(source: string | readonly string[] | undefined, environment: Environment): readonly string[] {
  if (typeof source === 'string') return [source];
  if (source !== undefined) return source;
  const named = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return named.length > 0 ? named : [join(environment['HOME'] ?? '', '.kube', 'config')];
}

async function readKubeconfig(path: string): Promise<Kubeconfig | undefined> {
  const absolute = resolve(path);
  try {
    return parseKubeconfig(await readFile(absolute, 'utf8'), { path, folder: dirname(absolute) });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return undefined;
    if (code === 'EACCES' || code === 'EISDIR') throw unreadable(path, messageOf(error));
    throw error;
  }
}

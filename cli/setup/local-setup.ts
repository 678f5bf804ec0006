import { homedir } from 'node:os';
import { join } from 'node:path';
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
  readonly progress: Progress;
};

export type SetupOptions = {
  readonly environment?: Environment;
  /** Default: standard error, so that standard output stays the program's own. */
  readonly progress?: Progress;
};

/** This machine: cache in `$XDG_CACHE_HOME` or `~/.cache`, names as Go and Kubernetes write them. */
export function localSetup(options: SetupOptions = {}): Setup {
  const environment = options.environment ?? process.env;
  return {
    environment,
    cache: cacheFolder(environment),
    os: process.platform === 'darwin' ? 'darwin' : 'linux',
    arch: process.arch === 'arm64' ? 'arm64' : 'amd64',
    progress: options.progress ?? createProgress(process.stderr),
  };
}

/** Relative paths in `$XDG_CACHE_HOME` are ignored, as the XDG base directory specification asks. */
function cacheFolder(environment: Environment): string {
  const wanted = environment['XDG_CACHE_HOME'] ?? '';
  const base = wanted.startsWith('/') ? wanted : join(environment['HOME'] || homedir(), '.cache');
  return join(base, 'plumbline');
}

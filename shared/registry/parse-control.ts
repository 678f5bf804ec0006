import { PlumbError } from '../errors.ts';

/** A place in a Git repository that declares applications. An empty path is the repository's root. */
export type Control = { readonly repoURL: string; readonly revision: string; readonly path: string };

/**
 * Reads `URL[#ref][:path]`, such as `https://git.example:8443/team/control.git#main:apps/prod`.
 * The colon of a port is told from that of a path by its place before the first slash; without a ref it is HEAD.
 */
export function parseControl(text: string): Control {
  const [, scheme, authority, rest] = /^(https?:\/\/)([^/]+)\/(.+)$/.exec(text.trim()) ?? [];
  if (scheme === undefined || authority === undefined || rest === undefined)
    throw unusable(text, 'it is not an HTTP(S) URL of a repository');
  if (authority.includes('@')) {
    throw new PlumbError('usage', '--control: the URL has a user name or password in it', {
      hint: 'take it out, and put it into the file that --git-credentials names',
    });
  }
  const [, repository = '', revision, path = ''] = /^([^#:]*)(?:#([^:]*))?(?::(.*))?$/.exec(rest) ?? [];
  if (repository === '') throw unusable(text, 'it names no repository, or has characters that a URL may not have');
  if (revision === '') throw unusable(text, 'nothing is written after "#"');
  return { repoURL: `${scheme}${authority}/${repository}`, revision: revision ?? 'HEAD', path: normalPath(text, path) };
}

function normalPath(text: string, path: string): string {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  if (steps.includes('..')) throw unusable(text, `its path "${path}" leaves the repository`);
  return steps.join('/');
}

function unusable(text: string, why: string): PlumbError {
  const shown = text.replace(/\/\/[^/@]*@/, '//');
  return new PlumbError('usage', `--control ${shown}: ${why}`, {
    hint: 'write it like https://git.example/team/control.git#main:apps/prod; "#main" and ":apps/prod" may be left out',
  });
}

const defaultPorts: { readonly [scheme: string]: string } = { http: '80', https: '443', ssh: '22', git: '9418' };

/**
 * The one spelling of a repository's address, to compare and to file by: host in lower case, path as written; without scheme,
 * user, default port, `.git` and trailing slashes. `git@host:path`, `ssh://`, `https://` and `host/path` come out equal.
 */
export function normaliseRepoURL(url: string): string {
  const { scheme, authority, path } = splitRepoURL(url);
  const host = authority.slice(authority.lastIndexOf('@') + 1).toLowerCase();
  const port = /:(\d*)$/.exec(host)?.[1];
  const isDefault = port === '' || (port !== undefined && port === defaultPorts[scheme]);
  const name = isDefault ? host.slice(0, host.lastIndexOf(':')) : host;
  return [name, trimPath(path)].filter((part) => part !== '').join('/');
}

/** The URL as it may be shown: without user name, password, query and fragment. */
export function withoutUserinfo(url: string): string {
  const shown = url.trim().replace(/[?#].*$/s, '');
  const { authority } = splitRepoURL(shown);
  const at = authority.lastIndexOf('@');
  return /^[a-z][a-z\d+.-]*:\/\//i.test(shown) && at >= 0 ? shown.replace(authority.slice(0, at + 1), '') : shown;
}

function splitRepoURL(url: string): { readonly scheme: string; readonly authority: string; readonly path: string } {
  const text = url.trim();
  const [, scheme = '', rest = text] = /^([a-z][a-z\d+.-]*):\/\/(.*)$/is.exec(text) ?? [];
  const scp = scheme === '' ? splitScp(rest) : undefined;
  if (scp !== undefined) return { scheme: 'ssh', ...scp };
  const slash = rest.indexOf('/');
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  return { scheme: scheme.toLowerCase(), authority, path: slash < 0 ? '' : rest.slice(slash + 1) };
}

/** Git's short form `user@host:path`. Without a user, `host:8443/path` is a port and not a path. */
function splitScp(text: string): { readonly authority: string; readonly path: string } | undefined {
  const [, user = '', host = '', path = ''] = /^(?:([^@/:]*)@)?([^@/:]+):(.*)$/s.exec(text) ?? [];
  if (host === '' || (user === '' && /^\d*(\/|$)/.test(path))) return undefined;
  return { authority: host, path };
}

function trimPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  const last = parts.at(-1);
  const named = last?.replace(/(\.git)+$/i, '');
  return [...parts.slice(0, -1), ...(named === undefined || named === '' ? [] : [named])].join('/');
}

/**
 * A repository's address as AppProject rules compare it: lower case, `git@host:path` as `git@host/path`, without `ssh://` and `.git`.
 * Source: Argo CD's NormalizeGitURL. Patterns go through it as well.
 */
export function normaliseSourceURL(url: string): string {
  const text = url.trim().toLowerCase();
  const isShortForm = /^[^/:]*@[^@]+$/.test(text);
  const address = isShortForm ? text.replace(':', '/') : text;
  return address.replace(/^ssh:\/\//, '').replace(/\.git$/, '');
}

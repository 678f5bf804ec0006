import { normaliseRepoURL } from './repo-url.ts';

/** What counts for all repositories below an address such as `https://github.com/my-org`. */
type Prefixed = { readonly urlPrefix: string };

/** The entry of the longest prefix that covers a repository of Git or of charts, or undefined. */
export function findByPrefix<Entry extends Prefixed>(entries: readonly Entry[], repoURL: string): Entry | undefined {
  const address = toWebAddress(repoURL);
  return entries
    .filter(({ urlPrefix }) => covers(urlPrefix, address))
    .sort((a, b) => normaliseRepoURL(b.urlPrefix).length - normaliseRepoURL(a.urlPrefix).length)[0];
}

/** Whether an address is one below the prefix. One without a scheme means https, so that nothing crosses the network in clear by accident. */
export function covers(urlPrefix: string, address: string): boolean {
  const scheme = /^http:\/\//i.test(urlPrefix.trim()) ? 'http:' : 'https:';
  const [prefix, target] = [normaliseRepoURL(urlPrefix), normaliseRepoURL(address)];
  if (!URL.canParse(address) || new URL(address).protocol !== scheme) return false;
  return target === prefix || target.startsWith(`${prefix}/`) || target.startsWith(`${prefix}.git/`);
}

/** Charts of OCI are fetched by https. */
function toWebAddress(repoURL: string): string {
  const written = repoURL.trim();
  return /^https?:\/\//i.test(written) ? written : `https://${written.replace(/^oci:\/\//i, '')}`;
}

import type { HostCredential } from '../shared/ports.ts';

/** The credential for a chart repository among those of the credentials file; an OCI address counts as https. */
export async function findChartCredential(
  file: string | undefined,
  repoURL: string,
): Promise<HostCredential | undefined> {
  if (file === undefined) return undefined;
  const [{ readGitCredentials }, { findCredential }] = await Promise.all([
    import('./git-credentials.ts'),
    import('../shared/adapters/git/git-address.ts'),
  ]);
  const address = /^https?:/i.test(repoURL) ? repoURL : `https://${repoURL.replace(/^oci:\/\//i, '')}`;
  return findCredential(address, await readGitCredentials(file));
}

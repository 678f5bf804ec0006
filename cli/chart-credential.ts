import { findByPrefix } from '../shared/model/url-prefix.ts';
import type { HostCredential } from '../shared/ports.ts';

/** The credential for a chart repository among those of the credentials file; an OCI address counts as https. */
export async function findChartCredential(
  file: string | undefined,
  repoURL: string,
): Promise<HostCredential | undefined> {
  if (file === undefined) return undefined;
  const { readGitCredentials } = await import('./git-credentials.ts');
  return findByPrefix(await readGitCredentials(file), repoURL);
}

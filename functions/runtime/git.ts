import { join } from 'node:path';
import { createGitCredentials } from '../../shared/adapters/aws/git-credentials.ts';
import { HttpGitHost } from '../../shared/adapters/git/http-git-host.ts';
import type { GitHost, HostCredential } from '../../shared/ports.ts';
import type { AllSettings } from '../settings.ts';
import { mintInstallationToken } from './mint-token.ts';

/** Git as a whole, as a project sees it, and what opens chart repositories. */
export type GitPorts = {
  readonly git: GitHost;
  readonly gitOf: (project: string) => GitHost;
  readonly chartCredential: (repoURL: string) => Promise<HostCredential | undefined>;
};

/** Repositories, with credentials from Secrets Manager. What is fetched for a project is kept in a folder of its own. */
export function openGit(
  { PLUMB_GIT_CREDENTIALS: entries = [] }: Pick<AllSettings['render'], 'PLUMB_GIT_CREDENTIALS'>,
  folder: string,
): GitPorts {
  const { credentialFor } = createGitCredentials({ entries, mint: mintInstallationToken });
  const hosts = new Map<string, GitHost>();
  const hostOf = (name: string): GitHost => {
    const host = hosts.get(name) ?? new HttpGitHost({ folder: join(folder, name), credentialFor });
    hosts.set(name, host);
    return host;
  };
  return {
    git: hostOf('_control'),
    gitOf: (project) => hostOf(encodeURIComponent(project)),
    chartCredential: (repoURL) => credentialFor(repoURL),
  };
}

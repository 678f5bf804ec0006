import type { MintInstallationToken } from '../../shared/adapters/aws/git-credentials.ts';
import { createInstallationTokens } from '../../shared/adapters/github/installation-tokens.ts';

const tokens = createInstallationTokens({ timeoutMs: 10_000 });

/** A token of a GitHub App's installation, for all that the installation may read. */
export const mintInstallationToken: MintInstallationToken = (installation) => tokens.mint(installation);

import type { Target } from './find-target.ts';

/** The Authorization header for a user with an `auth-provider` (OIDC, GCP, Azure), refreshed where it has expired. */
export type AuthProvider = { header(): Promise<string | undefined> };

/** Loads the official client for its authenticators; only here, since loading takes 0.3 s and 80 MB. */
export async function openAuthProvider({ name, cluster, user }: Target): Promise<AuthProvider> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromOptions({
    clusters: [{ name: cluster.name, server: cluster.server, skipTLSVerify: cluster.skipTlsVerify }],
    users: [{ name: user?.name ?? '', authProvider: structuredClone(user?.authProvider) }],
    contexts: [{ name, cluster: cluster.name, user: user?.name ?? '' }],
    currentContext: name,
  });
  return {
    async header() {
      const options: { headers: Record<string, string> } = { headers: {} };
      await kubeconfig.applyToHTTPSOptions(options);
      return options.headers['Authorization'];
    },
  };
}

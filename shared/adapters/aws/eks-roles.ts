import { plainIdentity } from '../../model/aws-store.ts';
import { usualAttempts } from './attempt.ts';
import type { CredentialSource } from './aws-credentials.ts';
import type { CallOptions } from './call-options.ts';
import type { EksCluster } from './eks-registry.ts';
import { chainRoles } from './roles.ts';
import { sessionNameFor } from './session-tags.ts';
import { sdkCredentials } from './sessions.ts';

/** Whose credentials open which cluster. */
export type EksRoles = {
  /** Those of the cluster's role in a session of that name, or else Plumbline's own. The same source each time. */
  credentials(cluster: EksCluster, session: string): CredentialSource;
};

/** Operations end, and their sessions are not asked for again. */
const mostKept = 200;

/** Assumes each role once for each session and external id. */
export function createEksRoles({ credentials, timeoutMs }: Pick<CallOptions, 'credentials' | 'timeoutMs'>): EksRoles {
  const own = credentials ?? sdkCredentials();
  const kept = new Map<string, CredentialSource>();
  return {
    credentials: (cluster, session) => {
      const { role, externalId, region } = cluster;
      if (role === undefined) return own;
      const key = JSON.stringify([role, externalId, region, session]);
      const source = kept.get(key) ?? assume({ ...cluster, role }, { session, own, timeoutMs });
      kept.delete(key);
      kept.set(key, source);
      for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest);
      return source;
    },
  };
}

type Means = { readonly session: string; readonly own: CredentialSource; readonly timeoutMs: number | undefined };

function assume(
  { role, externalId, region }: EksCluster & { readonly role: string },
  { session, own, timeoutMs }: Means,
): CredentialSource {
  const identity = {
    ...plainIdentity(region),
    role,
    ...(externalId === undefined ? {} : { externalId }),
  };
  const asker = { namespace: '', store: { kind: 'EKS', namespace: '', name: session } };
  const sessionName = sessionNameFor(identity, asker);
  return chainRoles(own, { identity, tags: [] }, { timeoutMs, region, sessionName, attempts: usualAttempts });
}

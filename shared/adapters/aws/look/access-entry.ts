import { attempt, type Outcome, usualAttempts } from '../attempt.ts';
import { type CallOptions, callConfig } from '../call-options.ts';

/** Whom a cluster of EKS is asked about. */
export type AccessQuestion = { readonly cluster: string; readonly region: string; readonly principal: string };

/** How a cluster knows a principal. */
export type AccessEntryLook = { readonly groups: readonly string[]; readonly policies: Outcome<readonly string[]> };

/** Looks at the access entry of a principal; `absent` where the cluster lets it in as nobody. */
export async function lookAtAccessEntry(
  { cluster, region, principal }: AccessQuestion,
  options: CallOptions = {},
): Promise<Outcome<AccessEntryLook>> {
  const { EKSClient, DescribeAccessEntryCommand, ListAssociatedAccessPoliciesCommand } = await import(
    '@aws-sdk/client-eks'
  );
  const client = new EKSClient(callConfig({ ...options, region }));
  const attempts = options.attempts ?? usualAttempts;
  const asked = { clusterName: cluster, principalArn: principal };
  try {
    const entry = await attempt(
      'eks:DescribeAccessEntry',
      () => client.send(new DescribeAccessEntryCommand(asked)),
      attempts,
    );
    if (!entry.ok) return entry;
    const policies = await attempt(
      'eks:ListAssociatedAccessPolicies',
      async () => {
        const { associatedAccessPolicies = [] } = await client.send(new ListAssociatedAccessPoliciesCommand(asked));
        return associatedAccessPolicies.map(({ policyArn = '' }) => policyArn.split('/').at(-1) ?? '');
      },
      attempts,
    );
    return { ok: true, value: { groups: entry.value.accessEntry?.kubernetesGroups ?? [], policies } };
  } finally {
    client.destroy();
  }
}

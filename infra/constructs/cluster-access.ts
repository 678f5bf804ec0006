import { Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { clusterGroup } from './cluster-manifests.ts';
import type { ClusterOptions, ClusterPolicy } from './cluster-options.ts';
import { isBeside, type NamedCluster } from './cluster-spec.ts';

export type ClusterAccessProps = {
  readonly cluster: NamedCluster;
  readonly options: ClusterOptions;
  /** Who is to be let in when the options name no role. */
  readonly role: Role;
};

/** Lets Plumbline into a cluster: by an access entry, or by the commands that make one. */
export class ClusterAccess extends Construct {
  constructor(scope: Construct, id: string, { cluster, options, role }: ClusterAccessProps) {
    super(scope, id);
    const principal = options.role ?? role.roleArn;
    const policies = policiesOf(options);
    const made = options.accessEntry ?? (isBeside(cluster, Stack.of(this)) ? 'make' : 'print');
    if (made === 'make') {
      this.#makeEntry(cluster.name, principal, policies);
      return;
    }
    new CfnOutput(this, 'Commands', {
      value: commands(cluster, principal, policies),
      description: `Lets Plumbline into ${cluster.label}; run it once, in the account of the cluster`,
    });
  }

  #makeEntry(clusterName: string, principalArn: string, policies: readonly ClusterPolicy[]): void {
    new CfnAccessEntry(this, 'Entry', {
      clusterName,
      principalArn,
      type: 'STANDARD',
      // Also for the FlowSchema, which knows clients by their group.
      kubernetesGroups: [clusterGroup],
      accessPolicies: policies.map(({ policy, namespaces }) => ({
        policyArn: policyArnOf(policy),
        accessScope:
          namespaces === undefined ? { type: 'cluster' } : { type: 'namespace', namespaces: [...namespaces] },
      })),
    });
  }
}

function policiesOf({ access = {} }: ClusterOptions): readonly ClusterPolicy[] {
  const { clusterAdmin, namespaces = [], policies = [] } = access;
  return [
    ...(clusterAdmin === true ? [{ policy: 'AmazonEKSClusterAdminPolicy' }] : []),
    ...(namespaces.length > 0 ? [{ policy: 'AmazonEKSAdminPolicy', namespaces }] : []),
    ...policies,
  ];
}

function policyArnOf(policy: string): string {
  return policy.startsWith('arn:') ? policy : `arn:${Aws.PARTITION}:eks::aws:cluster-access-policy/${policy}`;
}

function commands({ name, region }: NamedCluster, principal: string, policies: readonly ClusterPolicy[]): string {
  const where = `--region ${region} --cluster-name ${name} --principal-arn ${principal}`;
  const entry = `aws eks create-access-entry ${where} --kubernetes-groups ${clusterGroup}`;
  const more = policies.map(
    ({ policy, namespaces }) =>
      `aws eks associate-access-policy ${where} --policy-arn ${policyArnOf(policy)} --access-scope ${scopeOf(namespaces)}`,
  );
  return [entry, ...more].join(' && ');
}

function scopeOf(namespaces: readonly string[] | undefined): string {
  return namespaces === undefined ? 'type=cluster' : `type=namespace,namespaces=${namespaces.join(',')}`;
}

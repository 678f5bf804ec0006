import { Aws, CfnOutput, Stack, Token } from 'aws-cdk-lib';
import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { applyManifests } from './apply-manifests.ts';
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
    const stack = Stack.of(this);
    checkRole(cluster, options, stack);
    applyManifests(cluster, options);
    const principal = options.role ?? role.roleArn;
    const policies = policiesOf(options);
    if ((options.accessEntry ?? (isBeside(cluster, stack) ? 'make' : 'print')) === 'make') {
      checkMode(cluster);
      this.#makeEntry(cluster.name, principal, policies);
    } else {
      new CfnOutput(this, 'Commands', {
        value: commands(cluster, principal, policies),
        description: `Lets Plumbline into ${cluster.label}; to be run once, in the account of the cluster`,
      });
    }
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

function checkRole({ account, label }: NamedCluster, { role }: ClusterOptions, stack: Stack): void {
  const known = !Token.isUnresolved(account) && !Token.isUnresolved(stack.account);
  if (known && account !== stack.account && role === undefined)
    throw new Error(`${label}: it is in account ${account}: give a role of that account, which Plumbline may assume`);
}

/** Clusters of the older module of CDK know no access entries unless they are told to. */
function checkMode({ construct, label }: NamedCluster): void {
  if (construct === undefined || !('authenticationMode' in construct)) return;
  if (construct.authenticationMode !== undefined && construct.authenticationMode !== 'CONFIG_MAP') return;
  throw new Error(
    `${label}: it knows no access entries: give it authenticationMode: AuthenticationMode.API_AND_CONFIG_MAP`,
  );
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

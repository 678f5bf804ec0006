import { Aws, type Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { ICluster } from 'aws-cdk-lib/aws-eks';
import type { ICluster as IClusterV2 } from 'aws-cdk-lib/aws-eks-v2';

/** A cluster of CDK, of either module. */
export type CdkCluster = ICluster | IClusterV2;

/** How a cluster may be named: a construct, an ARN, or a name and a region. */
export type ClusterSpec = CdkCluster | string | { readonly name: string; readonly region: string };

/** A cluster with its names. */
export type NamedCluster = {
  /** As Plumbline names it: the ARN, or `<name>.<region>`, or the name alone where it is not EKS. */
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly arn: string;
  /** Whether its ARN was given, and not only its name. */
  readonly byArn: boolean;
  readonly construct?: CdkCluster;
  /** Known at synthesis, and its own among all clusters: for ids and names. */
  readonly label: string;
};

const arnForm = /^arn:[\w-]+:eks:([\w-]+):(\d{12}):cluster\/([\w-]+)$/;

/** Takes a cluster's names apart. */
export function nameCluster(spec: ClusterSpec, stack: Stack): NamedCluster {
  if (typeof spec === 'string') return nameByArn(spec);
  if ('clusterArn' in spec) return nameConstruct(spec);
  const { name, region } = spec;
  const { account } = stack;
  const arn = `arn:${Aws.PARTITION}:eks:${region}:${Aws.ACCOUNT_ID}:cluster/${name}`;
  return { id: `${name}.${region}`, name, region, account, arn, byArn: false, label: `${name}.${region}` };
}

/** Names a cluster that is not EKS: within an installation its name is its own. */
export function nameOther(name: string, { region, account }: Stack): NamedCluster {
  return { id: name, name, region, account, arn: '', byArn: false, label: name };
}

/** Whether the cluster is in the account and the region of a stack, which can then make its access entry. */
export function isBeside({ account, region }: NamedCluster, stack: Stack): boolean {
  return isSame(account, stack.account) && isSame(region, stack.region);
}

function nameByArn(arn: string): NamedCluster {
  if (Token.isUnresolved(arn))
    throw new Error('The ARN of a cluster is not known at synthesis: give the cluster itself, or its name and region');
  const [, region, account, name] = arnForm.exec(arn) ?? [];
  if (region === undefined || account === undefined || name === undefined)
    throw new Error(`"${arn}" is no EKS cluster: write arn:aws:eks:<region>:<account>:cluster/<name>`);
  return { id: arn, name, region, account, arn, byArn: true, label: `${name}.${region}.${account}` };
}

function nameConstruct(construct: CdkCluster): NamedCluster {
  const { clusterArn: arn, clusterName: name, env } = construct;
  const label = Token.isUnresolved(name) ? construct.node.path.replaceAll('/', '-') : name;
  return { id: arn, name, region: env.region, account: env.account, arn, byArn: true, construct, label };
}

function isSame(one: string, other: string): boolean {
  const same = Token.compareStrings(one, other);
  return same === TokenComparison.SAME || same === TokenComparison.BOTH_UNRESOLVED;
}

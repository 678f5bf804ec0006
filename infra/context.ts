import { readFileSync } from 'node:fs';
import { Duration } from 'aws-cdk-lib';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { ClusterOptions, PrivateEndpoint } from './constructs/cluster-options.ts';
import type { ClusterSpec } from './constructs/cluster-spec.ts';
import type { ClusterContext, Context, PrivateEndpointContext } from './context-shape.ts';
import type { Plumbline } from './plumbline.ts';
import type { PlumblineProps } from './plumbline-props.ts';

/** What the context says of the installation itself. */
export function toProps(context: Context): PlumblineProps {
  const { control, webhookSecretArn, secretsConfigFile, alarmTopicArn } = context;
  const { installation, reserveConcurrency, objectLock, replica, tools } = context;
  return {
    control,
    ...(installation === undefined ? {} : { installation }),
    ...(webhookSecretArn === undefined ? {} : { webhookSecret: webhookSecretArn }),
    ...(secretsConfigFile === undefined ? {} : { secretsConfig: readFileSync(secretsConfigFile, 'utf8') }),
    ...(alarmTopicArn === undefined ? {} : { alarmTopic: alarmTopicArn }),
    ...(reserveConcurrency === undefined ? {} : { reserveConcurrency }),
    ...(objectLock === undefined ? {} : { objectLock }),
    ...(replica === undefined ? {} : { replica }),
    ...(tools === undefined ? {} : { tools }),
  };
}

/** Adds the clusters, credentials and secrets that the context names. */
export function addFromContext(plumbline: Plumbline, context: Context): void {
  for (const { urlPrefix, secretArn } of context.gitCredentials) plumbline.addGitCredentials(urlPrefix, secretArn);
  if (context.allowSecrets.length > 0) plumbline.allowSecrets(...context.allowSecrets);
  if (context.allowParameters.length > 0) plumbline.allowParameters(...context.allowParameters);
  if (context.allowKeys.length > 0) plumbline.allowKeys(...context.allowKeys);
  if (context.allowRoles.length > 0) plumbline.allowRoles(...context.allowRoles);
  if (context.allowSecretSearch) plumbline.allowSecretSearch();
  for (const cluster of context.clusters)
    addCluster(plumbline, typeof cluster === 'string' ? { arn: cluster } : cluster);
}

function addCluster(plumbline: Plumbline, cluster: ClusterContext): void {
  const { aliases, scanMinutes, kubeconfigSecret, name } = cluster;
  const common = {
    ...(aliases === undefined ? {} : { aliases }),
    ...(scanMinutes === undefined ? {} : { scanInterval: Duration.minutes(scanMinutes) }),
  };
  if (kubeconfigSecret === undefined)
    plumbline.addCluster(specOf(cluster), { ...common, ...optionsOf(plumbline, cluster) });
  else plumbline.addKubeconfig(name ?? '', kubeconfigSecret, common);
}

function specOf({ arn, name, region }: ClusterContext): ClusterSpec {
  if (arn !== undefined) return arn;
  if (name === undefined || region === undefined)
    throw new Error('context clusters: a cluster needs an arn, or a name and a region');
  return { name, region };
}

function optionsOf(plumbline: Plumbline, cluster: ClusterContext): ClusterOptions {
  const { role, externalId, access, accessEntry, privateEndpoint } = cluster;
  return {
    ...(role === undefined ? {} : { role }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(access === undefined ? {} : { access }),
    ...(accessEntry === undefined ? {} : { accessEntry }),
    ...(privateEndpoint === undefined ? {} : { privateEndpoint: toPrivateEndpoint(plumbline, privateEndpoint) }),
  };
}

/** Clusters that name one VPC share it. */
function toPrivateEndpoint(plumbline: Plumbline, context: PrivateEndpointContext): PrivateEndpoint {
  const { vpcId, availabilityZones, subnetIds, routeTableIds, ...more } = context;
  const { state } = plumbline;
  const known = state.node.tryFindChild(vpcId) as IVpc | undefined;
  const vpc =
    known ??
    Vpc.fromVpcAttributes(state, vpcId, {
      vpcId,
      availabilityZones: [...availabilityZones],
      isolatedSubnetIds: [...subnetIds],
      isolatedSubnetRouteTableIds: [...routeTableIds],
    });
  return { vpc, ...more };
}

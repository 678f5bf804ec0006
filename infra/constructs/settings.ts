import { Stack } from 'aws-cdk-lib';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { ClusterOptions } from './cluster-options.ts';
import type { NamedCluster } from './cluster-spec.ts';
import { settingsPath } from './names.ts';

/** Whatever JSON can say, with values of CloudFormation in it. */
type Setting = { readonly [field: string]: unknown };

/** What has to be known of a cluster. */
export type Registration = Pick<ClusterOptions, 'aliases' | 'role' | 'externalId' | 'scanInterval'> & {
  readonly zone: string;
  /** The ARN of the secret that has the kubeconfig of a cluster that is not EKS. */
  readonly kubeconfigSecret?: string;
};

/** What the operator has decided, in Parameter Store: out of every tenant's reach. */
export class Settings extends Construct {
  readonly path: string;

  constructor(scope: Construct, id: string, { installation }: { readonly installation: string }) {
    super(scope, id);
    this.path = settingsPath(installation);
  }

  /** Writes a setting as JSON. */
  write(name: string, setting: Setting): void {
    this.writeText(name, Stack.of(this).toJsonString(setting));
  }

  /** Writes a setting as it is. */
  writeText(name: string, value: string): void {
    new CfnParameter(this, name, {
      name: `${this.path}/${name}`,
      type: 'String',
      // Above 4 KB a parameter costs five cents a month.
      tier: 'Intelligent-Tiering',
      value,
    });
  }

  /** Registers a cluster. */
  addCluster(cluster: NamedCluster, { zone, kubeconfigSecret, ...options }: Registration): void {
    const { aliases, role, externalId, scanInterval } = options;
    const { arn, name, region } = cluster;
    this.write(`clusters/${cluster.label}`, {
      ...(cluster.byArn ? { arn } : { name, region }),
      zone,
      ...(aliases === undefined ? {} : { aliases }),
      ...(role === undefined ? {} : { role }),
      ...(externalId === undefined ? {} : { externalId }),
      ...(kubeconfigSecret === undefined ? {} : { kubeconfigSecret }),
      ...(scanInterval === undefined ? {} : { scanMinutes: scanInterval.toMinutes() }),
    });
  }
}

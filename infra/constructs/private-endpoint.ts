import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { ClusterOptions, PrivateEndpoint } from './cluster-options.ts';
import type { CdkCluster, NamedCluster } from './cluster-spec.ts';

/** The way to the endpoint of a cluster where that is private; undefined where it can be reached from anywhere. */
export function privateEndpointOf(
  { construct }: NamedCluster,
  { privateEndpoint }: ClusterOptions,
): PrivateEndpoint | undefined {
  if (privateEndpoint !== undefined || construct === undefined || !isPrivate(construct)) return privateEndpoint;
  return { vpc: construct.vpc };
}

/** What a cluster of the app was told about its endpoint. Neither module of EKS says it aloud; an imported cluster does not know. */
function isPrivate(cluster: CdkCluster): boolean {
  const endpoint: unknown = Reflect.get(cluster, 'endpointAccess');
  return isObject(endpoint) && isObject(endpoint['_config']) && endpoint['_config']['publicAccess'] === false;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The zones of private endpoints by their VPCs: those of one VPC share a zone. */
export class PrivateZones {
  readonly #zones = new Map<IVpc, string>();

  /** The name of the zone that an endpoint is in. */
  nameFor({ vpc, zone }: PrivateEndpoint, cluster: NamedCluster): string {
    const name = this.#zones.get(vpc) ?? zone ?? toName(cluster.label);
    this.#zones.set(vpc, name);
    return name;
  }
}

function toName(label: string): string {
  return label
    .toLowerCase()
    .replace(/\..*$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 30);
}

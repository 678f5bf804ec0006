import type { Duration } from 'aws-cdk-lib';
import type { PrivateVpc } from './private-network.ts';

/** An access policy of EKS, by its name or ARN, for the cluster or for namespaces of it. */
export type ClusterPolicy = { readonly policy: string; readonly namespaces?: readonly string[] };

/**
 * What Plumbline may do in a cluster. Without `clusterAdmin`, `namespaces` and `policies` it has what the operator gives the Kubernetes
 * group `plumbline`; the outputs have a ClusterRole to begin with.
 */
export type ClusterAccess = {
  readonly clusterAdmin?: boolean;
  /** All in these namespaces, and nothing elsewhere. */
  readonly namespaces?: readonly string[];
  readonly policies?: readonly ClusterPolicy[];
  /** Applies the ClusterRole and its binding; for clusters of the app that have a kubectl provider. */
  readonly applyClusterRole?: boolean;
};

export type ClusterOptions = {
  /** What Applications may call it besides its ARN, its name and its server. */
  readonly aliases?: readonly string[];
  /** A role to assume for it: needed for a cluster of another account. Its access entry has to name this role. */
  readonly role?: string;
  readonly externalId?: string;
  /** How often it is scanned for drift; absent: every 3 minutes. */
  readonly scanInterval?: Duration;
  readonly access?: ClusterAccess;
  /** Applies the FlowSchema; for clusters of the app that have a kubectl provider. */
  readonly flowSchema?: boolean;
  /** Makes the access entry or leaves it to a command that is printed; absent: made where the stack can. */
  readonly accessEntry?: 'make' | 'print';
  /** Where its endpoint can be reached; absent: from anywhere, or as the cluster of the app says. */
  readonly privateEndpoint?: PrivateEndpoint;
};

/** A way to an endpoint that cannot be reached from outside its VPC. */
export type PrivateEndpoint = PrivateVpc & {
  /** The zone's name; clusters of one VPC share a zone. Absent: the cluster's name. */
  readonly zone?: string;
  /** For clusters that are not of the app: aws eks describe-cluster --query cluster.resourcesVpcConfig.clusterSecurityGroupId */
  readonly clusterSecurityGroupId?: string;
  /** Whether its applications have secrets from Secrets Manager; absent: not. */
  readonly usesSecrets?: boolean;
};

/** Options of a cluster that is not EKS. */
export type KubeconfigOptions = Pick<ClusterOptions, 'aliases' | 'scanInterval'>;

import type { ClusterFacts } from './cluster.ts';

/** A cluster of an installation, as the operator registered it, and where it was found. */
export type RegisteredCluster = {
  /** Its ARN, or its name where it is none of EKS. */
  readonly id: string;
  readonly name: string;
  /** Absent: none of EKS. */
  readonly region?: string;
  /** Assumed to be let in, with that external id. */
  readonly role?: string;
  readonly externalId?: string;
  /** What Applications may call it besides its id, its name and its server. */
  readonly aliases: readonly string[];
  /** Which of the installation's networks reaches it. */
  readonly zone: string;
  /** The ARN of the secret that holds a kubeconfig for it, where it is none of EKS. */
  readonly kubeconfigSecret?: string;
  readonly server: string;
  /** Certificates in PEM, in base64. */
  readonly certificateAuthority: string;
  readonly isPrivate: boolean;
};

/** What a scan found out about a cluster. */
export type ScannedCluster = {
  readonly id: string;
  /** Kubernetes version and served kinds, for those who render; absent: it was never reached. */
  readonly facts?: Pick<ClusterFacts, 'version' | 'served' | 'failing'>;
  /** Present while it does not answer. */
  readonly away?: ClusterAway;
};

/** Times are ISO 8601. */
export type ClusterAway = {
  readonly since: string;
  /** Nobody else tries before. */
  readonly until: string;
  readonly failures: number;
  readonly message: string;
};

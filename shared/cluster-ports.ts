import type { SecretValue } from './model/secret-value.ts';

/** Where an API server is, and whom its certificate has to be signed by. */
export type ClusterEndpoint = {
  /** `https://…`, without a slash at its end. */
  readonly server: string;
  /** Certificates in PEM, in base64. */
  readonly certificateAuthority: string;
};

/** A bearer token and when it can no longer be used. */
export type ClusterToken = { readonly token: SecretValue; readonly expiresAt: string };

/** All that is needed to talk to a cluster as somebody who has no stored credential there. */
export type ClusterConnection = ClusterEndpoint & {
  /** What the cluster is called in messages; no other cluster is called so. */
  readonly name: string;
  /** A new token. */
  token(): Promise<ClusterToken>;
  /** Where the API server is now: asked when it is no longer where it was, or has another certificate. */
  locate?(): Promise<ClusterEndpoint>;
  readonly advice?: ClusterAdvice;
};

/** What a person can do about this cluster, where that is known better than from any kubeconfig. */
export type ClusterAdvice = {
  /** Nobody there knows who we are. */
  readonly unknownUser?: string;
  /** Nothing answers. */
  readonly unreachable?: string;
  /** Its certificate is not signed by the authority. */
  readonly untrusted?: string;
};

import type { Destination } from './model/application.ts';
import type { ClusterFacts, ServedKind } from './model/cluster.ts';
import type { ServiceAccountRef } from './model/cluster-key-ref.ts';
import type { LiveObject, Manifest } from './model/manifest.ts';
import type { ObjectRef } from './model/object-ref.ts';
import type { SecretValue } from './model/secret-value.ts';

/** Where to find an object: its identity and a version that the cluster serves. */
export type ObjectAddress = { readonly ref: ObjectRef; readonly version: string };

export type ListQuery = {
  readonly kind: ServedKind;
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
};

export type DeleteConditions = {
  readonly uid: string;
  readonly resourceVersion?: string;
  readonly propagation: 'Foreground' | 'Background' | 'Orphan';
};

/**
 * One Kubernetes API server. Calls may be made all at once: the adapter bounds what is under way, retries what may be retried
 * and raises ClusterError for the rest. Absent objects are undefined, never an error; unreadable ones are always an error.
 */
export interface Cluster {
  readonly name: string;
  /** Version and served kinds; asked once and kept. */
  facts(): Promise<ClusterFacts>;
  /** Facts read again, after a CRD was made. */
  rediscover(): Promise<ClusterFacts>;
  read(address: ObjectAddress): Promise<LiveObject | undefined>;
  /** Metadata only: no spec, no data, no status crosses the wire. */
  readMetadata(address: ObjectAddress): Promise<LiveObject | undefined>;
  list(query: ListQuery): Promise<readonly LiveObject[]>;
  listMetadata(query: ListQuery): Promise<readonly LiveObject[]>;
  /** Server-side apply as field manager `plumbline`, with force; gives the object as it then is. */
  apply(manifest: Manifest): Promise<LiveObject>;
  /** The answer that `apply` would give, with nothing changed. */
  dryRunApply(manifest: Manifest): Promise<LiveObject>;
  /** Asks for deletion; `absent` when there is nothing (any more), or another object of that name. */
  delete(address: ObjectAddress, conditions: DeleteConditions): Promise<'requested' | 'absent'>;
  /** A token of a ServiceAccount (TokenRequest API), for the given audiences, valid for ten minutes. */
  requestToken(account: ServiceAccountRef & { readonly namespace: string }): Promise<SecretValue>;
}

/** Finds clusters by what Applications call them. An unknown one is a PlumbError `cluster-unknown` that lists the known ones. */
export interface Clusters {
  open(destination: Destination): Promise<Cluster>;
}

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

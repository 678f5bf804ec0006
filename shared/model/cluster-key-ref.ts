/** A key of a Secret or ConfigMap in the cluster. `namespace` counts for cluster-wide stores only. */
export type ClusterKeyRef = { readonly name: string; readonly key: string; readonly namespace?: string };

/** A ServiceAccount whose token is asked for, with the audiences that the manifest adds. */
export type ServiceAccountRef = {
  readonly name: string;
  readonly namespace?: string;
  readonly audiences: readonly string[];
};

/** One kind that a cluster serves. `resource` is its plural as in URLs, `version` the preferred one is listed first. */
export type ServedKind = {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
};

/**
 * What is known of a cluster without looking at its objects.
 * `served` has one entry for each group, version and kind, the group's preferred version first.
 */
export type ClusterFacts = {
  readonly name: string;
  readonly server: string;
  /** Kubernetes version as the API server says it, such as `v1.36.3`. */
  readonly version: string;
  readonly served: readonly ServedKind[];
  /** Versions such as `metrics.k8s.io/v1beta1` whose API service did not answer: their kinds are unknown, not absent. */
  readonly failing?: readonly string[];
};

/** The served kind for a group and kind: in the given version, or else in the preferred one. Undefined: not served. */
export function servedKind(
  facts: ClusterFacts,
  wanted: { readonly group: string; readonly kind: string; readonly version?: string },
): ServedKind | undefined {
  const sameKind = facts.served.filter((served) => served.group === wanted.group && served.kind === wanted.kind);
  if (wanted.version === undefined) return sameKind[0];
  return sameKind.find((served) => served.version === wanted.version);
}

/** Helm's and kustomize's capabilities: `v1`, `apps/v1`, `apps/v1/Deployment`, …, sorted. */
export function apiVersionsOf(facts: ClusterFacts): readonly string[] {
  const names = facts.served.flatMap(({ group, version, kind }) => {
    const apiVersion = group === '' ? version : `${group}/${version}`;
    return [apiVersion, `${apiVersion}/${kind}`];
  });
  return [...new Set(names)].sort();
}

export type ProjectDestination = { readonly server?: string; readonly name?: string; readonly namespace?: string };

/** A kind rule; group, kind and name are globs. */
export type KindRule = { readonly group: string; readonly kind: string; readonly name?: string };

/** An Argo CD AppProject: what its applications may use. Matching rules: plan/project-rules. */
export type Project = {
  readonly name: string;
  readonly description: string;
  readonly sourceRepos: readonly string[];
  readonly destinations: readonly ProjectDestination[];
  /** Cluster-scoped kinds are denied unless listed. */
  readonly clusterResourceWhitelist: readonly KindRule[];
  readonly clusterResourceBlacklist: readonly KindRule[];
  /** Undefined: all namespaced kinds. Empty: none. */
  readonly namespaceResourceWhitelist?: readonly KindRule[];
  readonly namespaceResourceBlacklist: readonly KindRule[];
};

/** The project of applications that name none; as in Argo CD it allows everything, unless one of that name is declared. */
export const defaultProject: Project = {
  name: 'default',
  description: 'built in; allows everything',
  sourceRepos: ['*'],
  destinations: [{ server: '*', name: '*', namespace: '*' }],
  clusterResourceWhitelist: [{ group: '*', kind: '*' }],
  clusterResourceBlacklist: [],
  namespaceResourceBlacklist: [],
};

import type { ClusterKeyRef, ServiceAccountRef } from './cluster-key-ref.ts';

/** Secrets of a Kubernetes cluster. */
export type KubernetesStore = {
  readonly type: 'kubernetes';
  /** Absent: the cluster that the application is deployed to. */
  readonly server?: {
    readonly url: string;
    /** PEM. */
    readonly caBundle?: string;
    readonly caProvider?: { readonly kind: 'Secret' | 'ConfigMap'; readonly key: ClusterKeyRef };
  };
  readonly auth?:
    | { readonly type: 'service-account'; readonly account: ServiceAccountRef }
    | { readonly type: 'token'; readonly token: ClusterKeyRef }
    | { readonly type: 'cert'; readonly clientCert: ClusterKeyRef; readonly clientKey: ClusterKeyRef };
  readonly remoteNamespace: string;
};

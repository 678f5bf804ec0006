import type { ClusterKeyRef, ServiceAccountRef } from './cluster-key-ref.ts';

export type VaultAuth =
  | { readonly type: 'token'; readonly token: ClusterKeyRef }
  | {
      readonly type: 'app-role';
      readonly path: string;
      readonly roleId: string | ClusterKeyRef;
      readonly secretId: ClusterKeyRef;
    }
  | {
      readonly type: 'kubernetes';
      readonly path: string;
      readonly role: string;
      readonly account?: ServiceAccountRef;
      readonly token?: ClusterKeyRef;
    }
  | {
      readonly type: 'jwt';
      readonly path: string;
      readonly role: string;
      readonly account?: ServiceAccountRef;
      readonly token?: ClusterKeyRef;
    }
  | {
      readonly type: 'user-pass';
      readonly path: string;
      readonly username: string;
      readonly password: ClusterKeyRef;
    }
  | {
      readonly type: 'cert';
      readonly path: string;
      readonly clientCert: ClusterKeyRef;
      readonly clientKey: ClusterKeyRef;
    }
  | {
      readonly type: 'iam';
      readonly path: string;
      readonly region: string;
      readonly vaultRole: string;
      readonly awsRole?: string;
      readonly externalId?: string;
      readonly serverIdHeader?: string;
      readonly keys?: {
        readonly accessKeyId: ClusterKeyRef;
        readonly secretAccessKey: ClusterKeyRef;
        readonly sessionToken?: ClusterKeyRef;
      };
      readonly account?: ServiceAccountRef;
    };

/** HashiCorp Vault's KV engine. */
export type VaultStore = {
  readonly type: 'vault';
  readonly server: string;
  /** The mount of the engine; absent: the first part of each key. */
  readonly path?: string;
  readonly version: 'v1' | 'v2';
  readonly namespace?: string;
  /** Namespace of the login alone. */
  readonly authNamespace?: string;
  /** PEM. */
  readonly caBundle?: string;
  readonly caProvider?: { readonly kind: 'Secret' | 'ConfigMap'; readonly key: ClusterKeyRef };
  readonly tls?: { readonly cert: ClusterKeyRef; readonly key: ClusterKeyRef };
  readonly headers: { readonly [name: string]: string };
  readonly readYourWrites: boolean;
  readonly forwardInconsistent: boolean;
  readonly auth: VaultAuth;
};

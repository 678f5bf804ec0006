import type { Cluster } from '../../cluster-ports.ts';
import type { Application } from '../../model/application.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { ObjectRef } from '../../model/object-ref.ts';
import type { Project } from '../../model/project.ts';
import type { SecretRead, SecretRecord } from '../../model/secret-record.ts';
import type { Unresolved } from '../../plan/target.ts';

/** What is to be resolved, and for whom. */
export type SecretsRequest = {
  readonly application: Application;
  readonly project: Project;
  readonly manifests: readonly Manifest[];
  readonly cluster: Cluster;
  /** The versions to ask for in place of the current ones. */
  readonly versions?: readonly SecretRead[];
  /** What is on record of the run before. */
  readonly recorded?: readonly SecretRecord[];
  /** The API server whose published stores count too; see SyncRequest. */
  readonly declaredServer?: string;
  /** True: no provider is asked and nothing is decrypted; Secrets have the right keys, with what is in the cluster or marks in them. */
  readonly namesOnly?: boolean;
};

/** Where an object comes from that no manifest describes as it is. */
export type Origin = {
  readonly declaredBy: ObjectRef;
  readonly unresolved?: Unresolved;
  /** Present: there is nothing to apply, and what is there stays. */
  readonly leftAlone?: true;
  /** Present: it stays once it is not wanted any more. */
  readonly stays?: true;
};

/** A render with its secrets filled in, for the next call to one cluster only. */
export type Resolution = {
  /** All that is to be in the cluster; an unresolved Secret is there without data. */
  readonly manifests: readonly Manifest[];
  /** By `keyOf`. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly records: readonly SecretRecord[];
  /** All that Git declares of it, whatever becomes of each. */
  readonly declared: readonly ObjectRef[];
  /** Stores and generators: they go to no cluster, and other applications may use them. */
  readonly published: readonly Manifest[];
  /** Secrets that controllers in the cluster make of manifests that are applied as they are, with those manifests. */
  readonly passed: readonly { readonly target: ObjectRef; readonly by: Manifest }[];
  readonly notices: readonly string[];
};

/** What one manifest came to. */
export type Resolved = {
  readonly record: SecretRecord;
  /** Absent: there is to be no object, or whatever is there is nobody's business. While it is unresolved, without content. */
  readonly manifest?: Manifest;
  readonly unresolved?: Unresolved;
  readonly leftAlone?: true;
  readonly stays?: true;
  /** Present: it has a share in an object that may have others. */
  readonly merges?: true;
  readonly notices?: readonly string[];
};

/** A render in which nothing stands for a secret. */
export function withoutSecrets(manifests: readonly Manifest[]): Resolution {
  return { manifests, origins: new Map(), records: [], declared: [], published: [], passed: [], notices: [] };
}

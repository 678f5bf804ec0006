import type { JsonObject } from './json.ts';
import type { StringMap } from './manifest.ts';

export type HelmOptions = {
  readonly releaseName?: string;
  readonly valueFiles: readonly string[];
  /** YAML text; ignored when valuesObject is given. */
  readonly values?: string;
  readonly valuesObject?: JsonObject;
  readonly parameters: readonly { readonly name: string; readonly value: string; readonly forceString: boolean }[];
  readonly fileParameters: readonly { readonly name: string; readonly path: string }[];
  readonly ignoreMissingValueFiles: boolean;
  readonly skipCrds: boolean;
  readonly skipTests: boolean;
  readonly skipSchemaValidation: boolean;
  readonly passCredentials: boolean;
  readonly namespace?: string;
  readonly kubeVersion?: string;
  readonly apiVersions: readonly string[];
};

export type KustomizePatch = {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: JsonObject;
  readonly options?: JsonObject;
};

export type KustomizeOptions = {
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly namespace?: string;
  /** Each `[old=]new[:tag|@digest]`. */
  readonly images: readonly string[];
  readonly replicas: readonly { readonly name: string; readonly count: number }[];
  readonly commonLabels: StringMap;
  readonly labelWithoutSelector: boolean;
  readonly labelIncludeTemplates: boolean;
  readonly forceCommonLabels: boolean;
  readonly commonAnnotations: StringMap;
  readonly forceCommonAnnotations: boolean;
  readonly commonAnnotationsEnvsubst: boolean;
  readonly patches: readonly KustomizePatch[];
  readonly components: readonly string[];
  readonly ignoreMissingComponents: boolean;
  readonly kubeVersion?: string;
  readonly apiVersions: readonly string[];
};

export type DirectoryOptions = {
  readonly recurse: boolean;
  readonly include?: string;
  readonly exclude?: string;
  readonly disableExtensionFilter: boolean;
};

/** One source of an Application; at most one of helm, kustomize and directory is present. */
export type Source = {
  readonly repoURL: string;
  /** Branch, tag, SHA, semver range or chart version; `HEAD` when the manifest names none. */
  readonly targetRevision: string;
  readonly path?: string;
  readonly chart?: string;
  readonly ref?: string;
  readonly tagPrefix?: string;
  readonly helm?: HelmOptions;
  readonly kustomize?: KustomizeOptions;
  readonly directory?: DirectoryOptions;
};

/** Exactly one of server (API URL) and name (context or registered name) is present. */
export type Destination = { readonly server?: string; readonly name?: string; readonly namespace: string };

export type Automated = { readonly prune: boolean; readonly selfHeal: boolean; readonly allowEmpty: boolean };

export type RetryPolicy = {
  /** Retries of one operation; negative: unlimited. */
  readonly limit: number;
  readonly backoffMs: number;
  readonly factor: number;
  readonly maxBackoffMs: number;
};

export type SyncPolicy = {
  /** Absent: nothing is synced unless a person asks. */
  readonly automated?: Automated;
  /** As written: `CreateNamespace=true`, `PruneLast=true`, … */
  readonly syncOptions: readonly string[];
  readonly retry: RetryPolicy;
  readonly managedNamespaceMetadata?: { readonly labels: StringMap; readonly annotations: StringMap };
};

/** On an Application: `true` lets a sync that fails, or ends Degraded, go back by itself. */
export const autoRollbackAnnotation = 'plumbline.dev/auto-rollback';

/** An Argo CD Application as Plumbline works with it: defaults filled in, unsupported fields refused before. */
export type Application = {
  readonly name: string;
  readonly project: string;
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly finalizers: readonly string[];
  readonly destination: Destination;
  /** At least one. `spec.sources` wins over `spec.source`. */
  readonly sources: readonly Source[];
  readonly syncPolicy: SyncPolicy;
};

/** True when the option is set to the value: `CreateNamespace=true`. The last one written wins. */
export function hasSyncOption(options: readonly string[], name: string, value = 'true'): boolean {
  return syncOption(options, name) === value;
}

/** The value of a sync option, or undefined. */
export function syncOption(options: readonly string[], name: string): string | undefined {
  const written = options.map((option) => option.trim()).filter((option) => option.startsWith(`${name}=`));
  return written.at(-1)?.slice(name.length + 1);
}

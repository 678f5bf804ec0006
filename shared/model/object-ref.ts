import type { Manifest } from './manifest.ts';

/**
 * The identity of an object in a cluster.
 * The version is left out: the same object is served under several, and a new one must not look like another object.
 * `namespace` is empty for cluster-scoped objects, `group` is empty for the core group.
 */
export type ObjectRef = {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
};

/** The group of an apiVersion: `apps` of `apps/v1`, empty for `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

/** The version of an apiVersion: `v1` of `apps/v1`. */
export function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

/** The identity of a manifest as it stands, its namespace included. */
export function refOf(manifest: Manifest): ObjectRef {
  return {
    group: groupOf(manifest.apiVersion),
    kind: manifest.kind,
    namespace: manifest.metadata.namespace ?? '',
    name: manifest.metadata.name,
  };
}

/** One string for one identity, for maps and sets. */
export function keyOf(ref: ObjectRef): string {
  return `${ref.group}/${ref.kind}/${ref.namespace}/${ref.name}`;
}

/** For people: `Deployment shop/web`, `Namespace shop`, `Issuer.cert-manager.io shop/ca`. */
export function formatRef(ref: ObjectRef): string {
  const kind = ref.group.includes('.') && !ref.group.endsWith('.k8s.io') ? `${ref.kind}.${ref.group}` : ref.kind;
  return ref.namespace === '' ? `${kind} ${ref.name}` : `${kind} ${ref.namespace}/${ref.name}`;
}

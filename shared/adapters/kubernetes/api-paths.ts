import type { ServedKind } from '../../model/cluster.ts';

/** `v1`, `apps/v1`. */
export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The path of all objects of a kind; without a namespace, those of all namespaces. */
export function collectionPath(kind: ServedKind, namespace: string): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const scope = kind.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${kind.resource}`;
}

/** The path of one object. */
export function objectPath(
  kind: ServedKind,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): string {
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
}

/** A path with the query parameters that have a value. */
export function withQuery(path: string, query: { readonly [name: string]: string | undefined }): string {
  const set = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set)}`;
}

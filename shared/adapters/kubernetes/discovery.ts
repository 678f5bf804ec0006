import type { ServedKind } from '../../model/cluster.ts';
import { isJsonObject, type Json, type JsonObject, jsonAt } from '../../model/json.ts';
import { groupOf, versionOf } from '../../model/object-ref.ts';

/** What a cluster serves, and the versions (`metrics.k8s.io/v1beta1`) whose API service could not say what it has. */
export type Discovered = { readonly served: readonly ServedKind[]; readonly failing: readonly string[] };

/** Aggregated discovery: everything below `/api` or `/apis` in one answer. */
export const aggregatedAccept: string =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,' +
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

/** The kinds of an aggregated answer, preferred versions first; undefined when it is not one (an API server before 1.27). */
export function parseAggregated(answer: Json): Discovered | undefined {
  if (jsonAt(answer, 'kind') !== 'APIGroupDiscoveryList') return undefined;
  const versions = objectsAt(answer, 'items').flatMap((group) => {
    const name = textAt(group, 'metadata', 'name');
    return objectsAt(group, 'versions').map((body) => ({ group: name, version: textAt(body, 'version'), body }));
  });
  return {
    served: versions.flatMap(({ group, version, body }) =>
      objectsAt(body, 'resources').flatMap((resource) => toServed({ group, version }, resource)),
    ),
    failing: versions
      .filter(({ body }) => jsonAt(body, 'freshness') === 'Stale')
      .map(({ group, version }) => (group === '' ? version : `${group}/${version}`)),
  };
}

function toServed(place: { readonly group: string; readonly version: string }, resource: JsonObject): ServedKind[] {
  const verbs = stringsAt(resource, 'verbs');
  if (!verbs.includes('list')) return [];
  return [
    {
      ...place,
      kind: textAt(resource, 'responseKind', 'kind'),
      resource: textAt(resource, 'resource'),
      namespaced: jsonAt(resource, 'scope') === 'Namespaced',
      verbs,
    },
  ];
}

/** All group versions of the legacy answers at `/api` and `/apis`, the preferred one of each group first. */
export function parseLegacyVersions(core: Json, groups: Json): readonly string[] {
  const named = objectsAt(groups, 'groups').flatMap((group) => {
    const preferred = textAt(group, 'preferredVersion', 'groupVersion');
    return [preferred, ...objectsAt(group, 'versions').map((version) => textAt(version, 'groupVersion'))];
  });
  return [...new Set([...stringsAt(core, 'versions'), ...named])].filter((version) => version !== '');
}

/** The kinds of one legacy APIResourceList. */
export function parseLegacyResources(apiVersion: string, answer: Json): readonly ServedKind[] {
  return objectsAt(answer, 'resources').flatMap((resource) => {
    const name = textAt(resource, 'name');
    const verbs = stringsAt(resource, 'verbs');
    if (name.includes('/') || !verbs.includes('list')) return [];
    return [
      {
        group: groupOf(apiVersion),
        version: versionOf(apiVersion),
        kind: textAt(resource, 'kind'),
        resource: name,
        namespaced: jsonAt(resource, 'namespaced') === true,
        verbs,
      },
    ];
  });
}

function objectsAt(value: Json, field: string): readonly JsonObject[] {
  const list = jsonAt(value, field);
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

function stringsAt(value: Json, field: string): readonly string[] {
  const list = jsonAt(value, field);
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

function textAt(value: Json, ...path: readonly string[]): string {
  const text = jsonAt(value, ...path);
  return typeof text === 'string' ? text : '';
}

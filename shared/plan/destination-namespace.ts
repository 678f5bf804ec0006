import { type Application, hasSyncOption } from '../model/application.ts';
import { canonicalJson } from '../model/json.ts';
import type { LiveObject, Manifest, StringMap } from '../model/manifest.ts';
import type { ObjectRef } from '../model/object-ref.ts';
import { fieldOwners } from './diff/field-owner.ts';
import { ownManager } from './own-manager.ts';
import { trackingOwner } from './tracking.ts';

/** True when the application asks for its namespace and does not bring it itself. */
export function asksForNamespace(application: Application, ownNamespaces: readonly string[]): boolean {
  const { namespace } = application.destination;
  if (namespace === '' || ownNamespaces.includes(namespace)) return false;
  return hasSyncOption(application.syncPolicy.syncOptions, 'CreateNamespace');
}

/** The destination namespace with `managedNamespaceMetadata`. As in Argo CD it is neither tracked nor pruned. */
export function destinationNamespace({ destination, syncPolicy }: Application): Manifest {
  const { labels = {}, annotations = {} } = syncPolicy.managedNamespaceMetadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: destination.namespace,
      ...(isEmpty(labels) ? {} : { labels }),
      ...(isEmpty(annotations) ? {} : { annotations }),
    },
  };
}

/**
 * True when nothing is to be done to the live namespace, metadata with managedFields, of an application that asks for it:
 * what Plumbline owns of its labels and annotations is exactly what is wanted, so that what the policy names no more goes.
 * A Namespace that comes from Git, here or in another application, wins; and without the policy a namespace is only made.
 */
export function isNamespaceAsWanted(live: LiveObject, application: Application): boolean {
  if (application.syncPolicy.managedNamespaceMetadata === undefined) return true;
  if (trackingOwner(live) !== undefined) return true;
  const { labels = {}, annotations = {} } = destinationNamespace(application).metadata;
  return isSame(ownEntries(live, 'labels'), labels) && isSame(ownEntries(live, 'annotations'), annotations);
}

/** Who changes a value takes it from us, so a value that we own is the one that we applied. */
function ownEntries(live: LiveObject, field: 'labels' | 'annotations'): StringMap {
  const entries = Object.entries(live.metadata[field] ?? {});
  const isOwn = (key: string): boolean =>
    fieldOwners(live, ['metadata', field, key]).some(({ manager }) => manager === ownManager);
  return Object.fromEntries(entries.filter(([key]) => isOwn(key)));
}

function isSame(own: StringMap, wanted: StringMap): boolean {
  return canonicalJson(own) === canonicalJson(wanted);
}

function isEmpty(map: StringMap): boolean {
  return Object.keys(map).length === 0;
}

/** The names of the Namespaces among objects. */
export function namespacesAmong(refs: readonly ObjectRef[]): readonly string[] {
  return refs.filter(({ kind, group }) => kind === 'Namespace' && group === '').map(({ name }) => name);
}

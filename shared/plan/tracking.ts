import type { Manifest } from '../model/manifest.ts';
import { annotationOf } from '../model/manifest.ts';
import { type ObjectRef, refOf } from '../model/object-ref.ts';

/** Who owns an object, in the words of Argo CD. */
export const trackingAnnotation = 'argocd.argoproj.io/tracking-id';

/** By which owned objects can be listed; annotations cannot be selected by. */
export const applicationLabel = 'plumbline.dev/app';

const longestLabelValue = 63;

/** `<app>:<group>/<Kind>:<namespace>/<name>`, as Argo CD writes it; there a cluster-scoped object names the destination namespace. */
export function trackingId(application: string, ref: ObjectRef): string {
  return `${application}:${ref.group}/${ref.kind}:${ref.namespace}/${ref.name}`;
}

/**
 * The application that an object's tracking id names.
 * Undefined without an id, and for an id that does not describe the object it sits on: that one was copied with the object.
 */
export function trackingOwner(
  live: Manifest,
  ref: ObjectRef = refOf(live),
): { readonly application: string } | undefined {
  const id = annotationOf(live, trackingAnnotation);
  const parts = /^([^:]+):([^/:]*)\/([^/:]+):([^/]*)\/(.+)$/.exec(id ?? '');
  if (parts === null) return undefined;
  const [, application = '', group, kind, namespace, name] = parts;
  const isSame = group === ref.group && kind === ref.kind && name === ref.name;
  // A cluster-scoped object has no namespace, and its id may name the destination's.
  const isSamePlace = ref.namespace === '' || namespace === ref.namespace;
  return isSame && isSamePlace ? { application } : undefined;
}

/** The value of the label `plumbline.dev/app`: the application's name, or, over 63 characters, its beginning and a hash of all of it. */
export function appLabel(application: string): string {
  if (application.length <= longestLabelValue) return application;
  const hash = shortHash(application);
  return `${application.slice(0, longestLabelValue - hash.length - 1)}-${hash}`;
}

/** FNV-1a of 32 bits: only to tell long names apart, never for trust. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

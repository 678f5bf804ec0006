import type { InventoryEntry } from '../model/inventory.ts';
import { isJsonObject, type Json } from '../model/json.ts';
import { annotationOf, type LiveObject } from '../model/manifest.ts';
import { refOf, versionOf } from '../model/object-ref.ts';
import { objectOption } from './object-options.ts';
import { syncWave } from './sync-wave.ts';
import { applicationLabel, trackingAnnotation, trackingOwner } from './tracking.ts';

/** What the label and the tracking id of a live object say of its owner. */
export type Mark =
  /** Ours: the tracking id is the object's own, and the label is there. Where the two differ, the tracking id counts. */
  | { readonly is: 'owned'; readonly application: string }
  /** A tracking id of its own and no label: Argo CD's, or one of ours that somebody took the label off. */
  | { readonly is: 'tracked'; readonly application: string }
  /** It carries our label, and is nobody's for all that. */
  | { readonly is: 'stray'; readonly reason: string };

/** Undefined for objects that carry neither, and for those that a controller makes out of others, labels included. */
export function markOf(live: LiveObject): Mark | undefined {
  const isLabelled = live.metadata.labels?.[applicationLabel] !== undefined;
  const trackingId = annotationOf(live, trackingAnnotation);
  if ((!isLabelled && trackingId === undefined) || isDerived(live)) return undefined;
  const owner = trackingOwner(live)?.application;
  if (owner !== undefined && isName(owner)) return { is: isLabelled ? 'owned' : 'tracked', application: owner };
  return isLabelled ? { is: 'stray', reason: whyStray(trackingId, owner) } : undefined;
}

function whyStray(trackingId: string | undefined, owner: string | undefined): string {
  if (trackingId === undefined) return 'it carries our label, and no tracking id';
  return owner === undefined
    ? 'its tracking id describes another object: it is a copy'
    : 'its tracking id names no application';
}

/** The API server's own record of who wrote what: true when our field manager has written the object. Needs managedFields. */
export function isWrittenByUs({ metadata }: LiveObject): boolean {
  const { managedFields } = metadata;
  if (!Array.isArray(managedFields)) return false;
  return managedFields.some((entry: Json) => isJsonObject(entry) && entry['manager'] === 'plumbline');
}

/** The entry of an object that is found to be owned, as a sync would have written it before the object was seen. */
export function adoptedEntry(live: LiveObject): InventoryEntry {
  const isLast = objectOption(live, [], 'PruneLast') === 'true';
  return {
    ref: refOf(live),
    version: versionOf(live.apiVersion),
    wave: syncWave(live),
    ...(isLast ? { pruneLast: true } : {}),
  };
}

/** Endpoints take over the labels of their Service, and name no owner. */
function isDerived(live: LiveObject): boolean {
  const { ownerReferences, annotations } = live.metadata;
  if (live.apiVersion === 'v1' && live.kind === 'Endpoints') return annotations?.[trackingAnnotation] === undefined;
  if (!Array.isArray(ownerReferences)) return false;
  return ownerReferences.some((owner: Json) => isJsonObject(owner) && owner['controller'] === true);
}

/** A tracking id that somebody made up must not become the name of an application. */
function isName(application: string): boolean {
  return application.length <= 253 && /^[A-Za-z0-9][\w.-]*$/.test(application);
}

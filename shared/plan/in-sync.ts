import type { InventoryEntry } from '../model/inventory.ts';
import { canonicalJson, type Json } from '../model/json.ts';
import type { LiveObject, Manifest, StringMap } from '../model/manifest.ts';

/** What is wanted now: the hash of the manifest, and the manifest. */
export type Wanted = { readonly hash: string; readonly manifest: Manifest };

/**
 * True when an object is certainly still as it was when it was last in sync, judged by its metadata alone.
 * False only means that nobody knows without a look: `resourceVersion` also moves when a status does.
 */
export function isAsLastSeen(entry: InventoryEntry, live: LiveObject, target: Wanted): boolean {
  const { seen } = entry;
  const { uid, resourceVersion, generation, deletionTimestamp } = live.metadata;
  if (seen === undefined || seen.uid !== uid || seen.desiredHash !== target.hash) return false;
  if (deletionTimestamp !== undefined) return false;
  if (seen.resourceVersion === resourceVersion) return true;
  if (seen.generation === undefined || seen.generation !== generation) return false;
  return hasAppliedMetadata(live, target.manifest);
}

/** Metadata is not counted by the generation, so what we apply of it is compared. Additions by others are theirs. */
function hasAppliedMetadata(live: LiveObject, manifest: Manifest): boolean {
  const { name: _name, namespace: _namespace, labels, annotations, ...others } = manifest.metadata;
  return (
    includes(live.metadata.labels, labels) &&
    includes(live.metadata.annotations, annotations) &&
    Object.entries(others).every(([field, value]) => isSame(live.metadata[field], value))
  );
}

function includes(live: StringMap = {}, applied: StringMap = {}): boolean {
  return Object.entries(applied).every(([key, value]) => live[key] === value);
}

function isSame(live: Json | undefined, applied: Json | undefined): boolean {
  return applied === undefined || (live !== undefined && canonicalJson(live) === canonicalJson(applied));
}

import type { InventoryEntry } from '../model/inventory.ts';
import type { LiveObject } from '../model/manifest.ts';
import { versionOf } from '../model/object-ref.ts';
import type { Health } from '../model/status.ts';
import { objectOption } from './object-options.ts';
import type { Target } from './target.ts';

/** The entry of an object that may be about to be created: known by name only, so that a crash orphans nothing. */
export function plannedEntry(target: Target): InventoryEntry {
  // The application's own option is asked when it prunes; here is only what nobody can read any more when Git has let go.
  const isLast = objectOption(target.manifest, [], 'PruneLast') === 'true';
  return {
    ref: target.ref,
    version: versionOf(target.manifest.apiVersion),
    wave: target.wave,
    ...(target.declaredBy === undefined ? {} : { declaredBy: target.declaredBy }),
    ...(target.stays === undefined ? {} : { stays: target.stays }),
    ...(isLast ? { pruneLast: true } : {}),
  };
}

/** The entry of an object that is as wanted now. */
export function seenEntry(target: Target, live: LiveObject, health: Health | undefined): InventoryEntry {
  const { uid, resourceVersion, generation } = live.metadata;
  return {
    ...plannedEntry(target),
    seen: {
      uid,
      resourceVersion,
      desiredHash: target.hash,
      ...(generation === undefined ? {} : { generation }),
      ...(health === undefined ? {} : { health }),
    },
  };
}

import type { Cluster } from '../../cluster-ports.ts';
import { canonicalJson, isJsonObject, type Json } from '../../model/json.ts';
import { type LiveObject, type Manifest, withMetadata } from '../../model/manifest.ts';
import { type ObjectRef, versionOf } from '../../model/object-ref.ts';
import type { Conceal } from '../../model/secret-value.ts';
import {
  asApplied,
  formatNote,
  type ResolvedNote,
  resolvedAnnotation,
  resolvedNote,
} from '../../plan/secrets/kept-secret.ts';
import { markOf } from './resolving.ts';

/** A Secret that was made before, with what is remembered of it; `isIntact`: nobody has changed its values since. */
export type MadeBefore = { readonly live: LiveObject; readonly note: ResolvedNote; readonly isIntact: boolean };

/** What the cluster has under a target's name. */
export async function readTarget(
  ref: ObjectRef,
  apiVersion: string,
  cluster: Cluster,
): Promise<LiveObject | undefined> {
  return cluster.read({ ref, version: versionOf(apiVersion) });
}

/** The same as a Secret that was made here before; undefined: it was not, or nothing is remembered. */
export function madeBefore(live: LiveObject | undefined, conceal: Conceal): MadeBefore | undefined {
  const note = live === undefined ? undefined : resolvedNote(live);
  if (live === undefined || note === undefined) return undefined;
  return { live, note, isIntact: dataMark(asApplied(live), conceal) === note.data };
}

/** The Secret as it was applied last, to be applied again. */
export function keptManifest({ live }: MadeBefore): Manifest {
  return asApplied(live);
}

/** A Secret with a note that lets it be kept. */
export function withNote(manifest: Manifest, note: Omit<ResolvedNote, 'data'>, conceal: Conceal): Manifest {
  const written = formatNote({ ...note, data: dataMark(manifest, conceal) });
  return withMetadata(manifest, { annotations: { [resolvedAnnotation]: written } });
}

/** Short, as it is read by people too; a chance of one in 2^96 for two to be alike. */
export function shortMark(value: Json, conceal: Conceal): string {
  return markOf(canonicalJson(value), conceal).slice(0, 16);
}

function dataMark(manifest: Manifest, conceal: Conceal): string {
  const data = manifest['data'];
  return shortMark(isJsonObject(data) ? data : {}, conceal);
}

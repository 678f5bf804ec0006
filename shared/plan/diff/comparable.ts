import { isJsonObject, type Json, type JsonObject, jsonAt } from '../../model/json.ts';
import type { Manifest, StringMap } from '../../model/manifest.ts';
import { ownManager } from '../own-manager.ts';

/** Written by the API server alone, so that a difference in them means nothing. */
const serverFields: readonly string[] = [
  'managedFields',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'uid',
  'selfLink',
];

const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object with only the fields that people write; `status` stays where Plumbline applies it. */
export function comparable(object: Manifest): Manifest {
  const { status, metadata, ...rest } = object;
  const kept = Object.fromEntries(Object.entries(metadata).filter(([field]) => !serverFields.includes(field)));
  const annotations = withoutLastApplied(metadata.annotations);
  const { annotations: _replaced, ...others } = kept;
  return {
    ...rest,
    ...(status !== undefined && appliesStatus(object) ? { status } : {}),
    metadata: { ...others, ...annotations, name: metadata.name },
  };
}

function withoutLastApplied(annotations: StringMap | undefined): { readonly annotations?: StringMap } {
  if (annotations === undefined) return {};
  const { [lastAppliedAnnotation]: _dropped, ...kept } = annotations;
  return Object.keys(kept).length === 0 ? {} : { annotations: kept };
}

function appliesStatus({ metadata: { managedFields } }: Manifest): boolean {
  if (!Array.isArray(managedFields)) return false;
  return managedFields.some((entry: Json) => isOwn(entry) && jsonAt(entry, 'fieldsV1', 'f:status') !== undefined);
}

function isOwn(entry: Json): entry is JsonObject {
  return isJsonObject(entry) && entry['manager'] === ownManager;
}

import { isJsonObject, type Json, type JsonObject, jsonAt } from '../../model/json.ts';
import type { LiveObject, Manifest, StringMap } from '../../model/manifest.ts';
import { ownManager } from '../own-manager.ts';

/** What is remembered on a Secret that must not be made anew each time: marks, which tell nothing of what they are marks of. */
export type ResolvedNote = {
  /** Of the manifest that it was made of. */
  readonly inputs: string;
  /** Of what was read. */
  readonly answers: string;
  /** Of its data. */
  readonly data: string;
  /** ISO 8601: until when what was issued for it is good; absent: for ever. */
  readonly until?: string;
};

/** Where the note stands. */
export const resolvedAnnotation = 'plumbline.dev/resolved';

/** The note of a live Secret; undefined: it has none, or none that can be read. */
export function resolvedNote(live: Manifest): ResolvedNote | undefined {
  const [inputs, answers, data, until] = live.metadata.annotations?.[resolvedAnnotation]?.split(' ') ?? [];
  if (inputs === undefined || answers === undefined || data === undefined) return undefined;
  return { inputs, answers, data, ...(until === undefined ? {} : { until }) };
}

/** A note as it is written. */
export function formatNote({ inputs, answers, data, until }: ResolvedNote): string {
  return [inputs, answers, data, ...(until === undefined ? [] : [until])].join(' ');
}

/** A live Secret as it was last applied: only the fields that are ours, by the API server's own record. */
export function asApplied(live: LiveObject): Manifest {
  const owned = ownFields(live);
  const { labels, annotations, name, namespace } = live.metadata;
  return {
    apiVersion: live.apiVersion,
    kind: live.kind,
    ...pick(live, owned, ['type', 'immutable']),
    ...(isJsonObject(live['data']) ? { data: onlyOwned(live['data'], jsonAt(owned, 'f:data')) } : {}),
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: onlyOwned(labels ?? {}, jsonAt(owned, 'f:metadata', 'f:labels')) as StringMap,
      annotations: onlyOwned(annotations ?? {}, jsonAt(owned, 'f:metadata', 'f:annotations')) as StringMap,
    },
  };
}

function ownFields({ metadata: { managedFields } }: LiveObject): Json | undefined {
  if (!Array.isArray(managedFields)) return undefined;
  const entry = managedFields.find(
    (each: Json) => jsonAt(each, 'manager') === ownManager && jsonAt(each, 'operation') === 'Apply',
  );
  return jsonAt(entry, 'fieldsV1');
}

function pick(live: LiveObject, owned: Json | undefined, fields: readonly string[]): JsonObject {
  const kept = fields.filter((field) => jsonAt(owned, `f:${field}`) !== undefined);
  return Object.fromEntries(kept.map((field) => [field, live[field]]));
}

function onlyOwned(members: JsonObject, owned: Json | undefined): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([key]) => jsonAt(owned, `f:${key}`) !== undefined));
}

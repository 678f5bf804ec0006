import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { LiveObject } from '../../model/manifest.ts';
import type { Conceal, SecretValue } from '../../model/secret-value.ts';

/** Annotations that tools keep a whole copy of the object in. */
const copies = /last-applied|\/original(-|$)/;

/** A Secret as the API server gives it, with its values concealed before anybody else sees them; other objects as they are. */
export function concealLive(live: LiveObject, conceal: Conceal): LiveObject {
  if (live.apiVersion !== 'v1' || live.kind !== 'Secret') return live;
  return {
    ...live,
    ...(isJsonObject(live['data']) ? { data: concealData(live['data'], conceal) } : {}),
    metadata: { ...live.metadata, ...concealCopies(live, conceal) },
  };
}

function concealData(data: JsonObject, conceal: Conceal): JsonObject {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, concealValue(value, conceal)]));
}

function concealValue(value: Json | undefined, conceal: Conceal): SecretValue {
  return conceal(Buffer.from(typeof value === 'string' ? value : '', 'base64'));
}

/** A mark in place of each copy: equal copies have equal marks. */
function concealCopies({ metadata }: LiveObject, conceal: Conceal): Pick<LiveObject['metadata'], 'annotations'> {
  const { annotations } = metadata;
  if (annotations === undefined) return {};
  const entries = Object.entries(annotations).map(([key, text]) => [
    key,
    copies.test(key) ? `<hidden ${conceal(Buffer.from(text)).mark}>` : text,
  ]);
  return { annotations: Object.fromEntries(entries) };
}

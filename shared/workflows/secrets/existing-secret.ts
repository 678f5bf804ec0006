import { isJsonObject } from '../../model/json.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { SecretValue } from '../../model/secret-value.ts';
import type { ExistingSecret } from '../../secrets/external/evaluation.ts';

/** A live Secret as an evaluation wants it. */
export function existingSecret(live: LiveObject): ExistingSecret {
  const { data, immutable, metadata } = live;
  const entries = Object.entries(isJsonObject(data) ? data : {});
  return {
    data: new Map(entries.flatMap(([key, value]) => (value instanceof SecretValue ? [[key, value] as const] : []))),
    annotations: metadata.annotations ?? {},
    ...(typeof immutable === 'boolean' ? { immutable } : {}),
  };
}

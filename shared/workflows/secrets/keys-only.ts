import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { LiveObject, Manifest } from '../../model/manifest.ts';
import type { ObjectRef } from '../../model/object-ref.ts';
import type { Conceal } from '../../model/secret-value.ts';
import { asApplied } from '../../plan/secrets/kept-secret.ts';
import type { ExternalSecret } from '../../secrets/external/external-secret.ts';
import { keysOf } from '../../secrets/external/keys-of.ts';

/**
 * A Secret with the right keys and no value that was read for it: those of the cluster stay, a mark stands in for new ones. So a change of
 * keys is seen, and nothing is resolved for a revision that nobody has agreed to.
 */
export function withKeysOnly(
  es: ExternalSecret,
  live: LiveObject | undefined,
  { target, conceal }: { readonly target: ObjectRef; readonly conceal: Conceal },
): Manifest {
  const kept = live === undefined ? emptySecret(target) : asApplied(live);
  const data: JsonObject = isJsonObject(kept['data']) ? kept['data'] : {};
  const keys = keysOf(es) ?? Object.keys(data);
  const placeholder = conceal(new TextEncoder().encode('not resolved'));
  return { ...kept, data: Object.fromEntries(keys.map((key) => [key, data[key] ?? placeholder])) };
}

/** A Secret of that name without data. */
export function emptySecret({ namespace, name }: ObjectRef): Manifest {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } };
}

import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../model/json.ts';
import type { Manifest } from '../model/manifest.ts';
import { formatRef, keyOf, refOf } from '../model/object-ref.ts';
import type { Render } from '../model/render.ts';
import { withKeyOrder } from '../model/sops-key-order.ts';

/** SHA-256, in hex, of a value's canonical JSON. */
export function digestOf(value: Json): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** Sorted by group, kind, namespace and name; of objects that are written twice the last one stays, with a warning. */
export function toCanonicalRender(manifests: readonly Manifest[]): {
  readonly render: Render;
  readonly warnings: readonly string[];
} {
  const byKey = new Map<string, Manifest>();
  const warnings = new Set<string>();
  for (const manifest of manifests) {
    const ref = refOf(manifest);
    const key = keyOf(ref);
    if (byKey.has(key)) warnings.add(`${formatRef(ref)} is written more than once; the last one is used`);
    byKey.set(key, withKeyOrder(manifest));
  }
  const sorted = [...byKey.keys()].sort().map((key) => byKey.get(key) as Manifest);
  return { render: { digest: digestOf(sorted), manifests: sorted }, warnings: [...warnings] };
}

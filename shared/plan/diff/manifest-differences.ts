import type { Manifest } from '../../model/manifest.ts';
import { keyOf, type ObjectRef } from '../../model/object-ref.ts';
import type { ObjectDifference } from '../../model/sync-request.ts';
import { objectDifference } from './object-difference.ts';

/** Objects as they shall be applied, and what they are called in a diff. */
export type ManifestSide = {
  readonly label: string;
  readonly objects: readonly { readonly ref: ObjectRef; readonly manifest: Manifest }[];
};

/** How one set of manifests differs from another, as text: first what the second one has, then what only the first one has. */
export function manifestDifferences(from: ManifestSide, to: ManifestSide): readonly ObjectDifference[] {
  const before = byKey(from);
  const after = byKey(to);
  const refs = new Map([...to.objects, ...from.objects].map(({ ref }) => [keyOf(ref), ref]));
  const sides = { live: from.label, predicted: to.label };
  return [...refs].flatMap(
    ([key, ref]) => objectDifference({ ref, live: before.get(key), predicted: after.get(key), now: 0, sides }) ?? [],
  );
}

function byKey({ objects }: ManifestSide): ReadonlyMap<string, Manifest> {
  return new Map(objects.map(({ ref, manifest }) => [keyOf(ref), manifest]));
}

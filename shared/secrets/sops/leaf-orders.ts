import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import { orderField, withoutBlock } from '../../model/sops-key-order.ts';
import type { Leaf, OpenedLeaf } from './decrypt-leaves.ts';

/** A value of a manifest, and where it stands. */
export type ManifestLeaf = Leaf & { readonly at: readonly (string | number)[] };

/** The values of a manifest but its sops block, in the order that was written down, else as they come. */
export function leavesOf(manifest: Manifest): readonly ManifestLeaf[] {
  const block = manifest['sops'];
  const hint = isJsonObject(block) && isJsonObject(block[orderField]) ? block[orderField] : {};
  return collect(withoutBlock(manifest), { path: [], at: [], pointer: '' }, hint);
}

const mostPermuted = 7;

/**
 * The orders in which the file may have had these values. Few values are tried in all orders: what a render sorted can be told then,
 * and a wrong one is never taken for right. A namespace may have come later: where a manifest goes is no part of the file.
 */
export function* leafOrders(
  leaves: readonly OpenedLeaf<ManifestLeaf>[],
  isCounted: (leaf: OpenedLeaf<ManifestLeaf>) => boolean,
): Generator<readonly OpenedLeaf<ManifestLeaf>[]> {
  const placed = leaves.filter(({ path }) => path.join('.') !== 'metadata.namespace');
  yield leaves;
  if (placed.length < leaves.length) yield placed;
  for (const each of placed.length < leaves.length ? [leaves, placed] : [leaves]) {
    const counted = each.filter(isCounted);
    if (counted.length <= mostPermuted) yield* permutations(counted);
  }
}

function* permutations<Item>(items: readonly Item[], chosen: readonly Item[] = []): Generator<readonly Item[]> {
  if (items.length === 0) yield chosen;
  for (const [index, item] of items.entries()) yield* permutations(items.toSpliced(index, 1), [...chosen, item]);
}

type Place = { readonly path: readonly string[]; readonly at: ManifestLeaf['at']; readonly pointer: string };

function collect(value: Json, place: Place, hint: JsonObject): readonly ManifestLeaf[] {
  const { path, at, pointer } = place;
  if (Array.isArray(value))
    return value.flatMap((item: Json, index) =>
      collect(item, { path, at: [...at, index], pointer: `${pointer}/${index}` }, hint),
    );
  if (!isJsonObject(value)) return [{ path, at, value: value as Leaf['value'] }];
  return keysInOrder(value, hint[pointer]).flatMap((key) =>
    collect(value[key] ?? null, { path: [...path, key], at: [...at, key], pointer: `${pointer}/${key}` }, hint),
  );
}

function keysInOrder(value: JsonObject, order: Json | undefined): readonly string[] {
  const keys = Object.keys(value);
  if (!Array.isArray(order)) return keys;
  const known = order.filter((key): key is string => typeof key === 'string' && Object.hasOwn(value, key));
  return [...new Set([...known, ...keys])];
}

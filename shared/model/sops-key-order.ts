import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { Manifest } from './manifest.ts';

/** Where the order of keys is written down in a sops block. */
export const orderField = 'plumblineOrder';

/**
 * The same manifest, with the order of its keys written down in its sops block, if it has one and the order is not the alphabetical one:
 * the MAC counts values in the order of the file, which is lost as soon as manifests are kept with sorted keys. Nobody has to trust it.
 */
export function withKeyOrder(manifest: Manifest): Manifest {
  const { sops } = manifest;
  if (!isJsonObject(sops) || orderField in sops) return manifest;
  const orders = Object.fromEntries(unsortedKeys(withoutBlock(manifest), ''));
  return Object.keys(orders).length === 0 ? manifest : { ...manifest, sops: { ...sops, [orderField]: orders } };
}

/** What a manifest says beside its sops block. */
export function withoutBlock({ sops, ...content }: Manifest): JsonObject {
  return content;
}

function unsortedKeys(value: Json | undefined, pointer: string): readonly (readonly [string, readonly string[]])[] {
  if (Array.isArray(value)) return value.flatMap((item: Json, index) => unsortedKeys(item, `${pointer}/${index}`));
  if (!isJsonObject(value)) return [];
  const keys = Object.keys(value);
  const isSorted = keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key);
  const inner = keys.flatMap((key) => unsortedKeys(value[key], `${pointer}/${key}`));
  return isSorted ? inner : [[pointer, keys], ...inner];
}

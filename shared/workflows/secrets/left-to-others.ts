import { jsonAt } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import { formatRef, keyOf, refOf } from '../../model/object-ref.ts';
import { lookupKinds } from '../../plan/kind-lookup.ts';
import type { Resolution } from './resolution.ts';
import type { Resolving } from './resolving.ts';

export type LeftToOthers = { readonly manifests: readonly Manifest[]; readonly notices: readonly string[] };

/**
 * The manifests that are applied as they are, since their stores are of another class: with those stores and generators. What the cluster
 * does not serve stays out of it, and people are told.
 */
export async function leftToOthers(
  others: Resolution['passed'],
  published: readonly Manifest[],
  { config, request }: Resolving,
): Promise<LeftToOthers> {
  const makers = [...new Map(others.map(({ by }) => [keyOf(refOf(by)), by])).values()];
  const isOfOthers = (manifest: Manifest): boolean => {
    const named = jsonAt(manifest['spec'], 'controller');
    return typeof named === 'string' && named !== '' && named !== config.controllerClass;
  };
  const kinds = lookupKinds(await request.cluster.facts(), request.manifests);
  const isServed = (manifest: Manifest): boolean => kinds.find(manifest) !== undefined;
  return {
    manifests: [...published.filter(isOfOthers), ...makers].filter(isServed),
    notices: makers
      .filter((manifest) => !isServed(manifest))
      .map(
        (by) => `${formatRef(refOf(by))} is for another controller, and the cluster does not serve its kind: left out`,
      ),
  };
}

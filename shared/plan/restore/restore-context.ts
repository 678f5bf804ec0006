import type { Manifest } from '../../model/manifest.ts';
import { groupOf } from '../../model/object-ref.ts';

/** `same`: the cluster that the snapshot was taken on. Only there do its addresses, volumes and uids mean anything. */
export type RestoreTarget = 'same' | 'other';

export type RestoreContext = {
  readonly target: RestoreTarget;
  /** Where objects without a namespace go. */
  readonly namespace: string;
  /** True when the target has an object of that uid; asked of owners only. */
  readonly isLive: (uid: string) => boolean;
};

/** What a rule may ask besides the object itself. */
export type RuleScope = RestoreContext & {
  /** True when the same snapshot has such an object. `namespace` is empty for cluster-scoped kinds. */
  readonly brings: (kind: string, namespace: string, name: string) => boolean;
  /** True when the same snapshot has a Service with a selector of that name: its endpoints are made from it. */
  readonly selects: (namespace: string, name: string) => boolean;
};

/** `Service` for the core group, `apps/Deployment` for others: how rules name kinds. */
export function kindName({ apiVersion, kind }: Manifest): string {
  const group = groupOf(apiVersion);
  return group === '' ? kind : `${group}/${kind}`;
}

/** The namespace that an object will be in, were its kind namespaced. */
export function placeOf({ metadata }: Manifest, { namespace }: Pick<RestoreContext, 'namespace'>): string {
  return metadata.namespace ?? namespace;
}

import { matchesSelector } from '../../model/label-selector.ts';
import type { Manifest, StringMap } from '../../model/manifest.ts';

import type { ClusterExternalSecret } from './external-secret.ts';

/** A namespace as it is in the cluster. */
export type LabelledNamespace = { readonly name: string; readonly labels: StringMap };

/** The ExternalSecrets that a ClusterExternalSecret stands for: one in each namespace that a selector or the list of names chooses. */
export function expandClusterExternalSecret(
  parsed: ClusterExternalSecret,
  namespaces: readonly LabelledNamespace[],
): readonly Manifest[] {
  const { apiVersion, externalSecretName: name, labels, annotations, spec } = parsed;
  return namespaces
    .filter((namespace) => isChosen(parsed, namespace))
    .map((namespace) => ({
      apiVersion,
      kind: 'ExternalSecret',
      metadata: { name, namespace: namespace.name, labels, annotations },
      spec,
    }));
}

function isChosen({ selectors, namespaces }: ClusterExternalSecret, { name, labels }: LabelledNamespace): boolean {
  return namespaces.includes(name) || selectors.some((selector) => matchesSelector(selector, labels));
}

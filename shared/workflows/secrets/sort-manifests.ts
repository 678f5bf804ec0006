import type { Application } from '../../model/application.ts';
import type { Manifest } from '../../model/manifest.ts';
import { familyMode, type ModeInput, type SecretRole, secretRole, targetOf } from '../../plan/secrets/secret-kinds.ts';
import { isSopsManifest } from '../../secrets/sops/is-sops-manifest.ts';
import type { Resolution } from './resolution.ts';

/** A render by what its manifests are to secrets. All that is namespaced has its namespace. */
export type SortedManifests = {
  /** Applied as they are. */
  readonly plain: readonly Manifest[];
  readonly passed: Resolution['passed'];
  readonly encrypted: readonly Manifest[];
  readonly byRole: { readonly [role in SecretRole]: readonly Manifest[] };
};

/** True when a manifest stands for a secret, or for where secrets are. */
export function isConcerned(manifest: Manifest): boolean {
  return secretRole(manifest) !== undefined || isSopsManifest(manifest);
}

/** Sorts a render. */
export function sortManifests(input: ModeInput & { readonly application: Application }): SortedManifests {
  const plain: Manifest[] = [];
  const passed: Manifest[] = [];
  const encrypted: Manifest[] = [];
  const byRole: { [role in SecretRole]: Manifest[] } = {
    'external-secret': [],
    'cluster-external-secret': [],
    store: [],
    generator: [],
    'sealed-secret': [],
    unsupported: [],
  };
  for (const manifest of input.manifests) {
    const found = secretRole(manifest);
    const placed = inNamespace(manifest, input.application);
    if (found === undefined) (isSopsManifest(manifest) ? encrypted : plain).push(manifest);
    else if (familyMode(found.family, input) === 'resolve') byRole[found.role].push(placed);
    else {
      plain.push(manifest);
      if (makesSecret(found.role)) passed.push(placed);
    }
  }
  return {
    plain,
    encrypted: encrypted.map((manifest) => inNamespace(manifest, input.application)),
    byRole,
    passed: passed.map((by) => ({ target: targetOf(by), by })),
  };
}

function makesSecret(role: SecretRole): boolean {
  return role === 'external-secret' || role === 'sealed-secret';
}

const clusterKinds: readonly string[] = ['ClusterSecretStore', 'ClusterExternalSecret', 'ClusterGenerator'];

function inNamespace(manifest: Manifest, { destination }: Application): Manifest {
  const { namespace, ...metadata } = manifest.metadata;
  if (clusterKinds.includes(manifest.kind)) return { ...manifest, metadata };
  return { ...manifest, metadata: { ...metadata, namespace: namespace || destination.namespace } };
}

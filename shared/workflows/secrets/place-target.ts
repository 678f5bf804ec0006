import { SecretError } from '../../errors.ts';
import { type Manifest, withMetadata } from '../../model/manifest.ts';
import { groupOf, type ObjectRef, refOf } from '../../model/object-ref.ts';
import { lookupKinds } from '../../plan/kind-lookup.ts';
import { isSecret } from '../../plan/secret-data.ts';
import { shellOf } from '../../plan/secrets/secret-kinds.ts';
import type { SecretsRequest } from './resolution.ts';

/** The object that an ExternalSecret is to make, without content, and as it is named in this cluster. */
export type PlacedTarget = { readonly target: ObjectRef; readonly shell: Manifest; readonly objection?: SecretError };

/** An object of another kind than Secret has to be one of a namespace; one that the cluster does not know fails alone. */
export async function placeTarget(manifest: Manifest, { cluster, manifests }: SecretsRequest): Promise<PlacedTarget> {
  const shell = shellOf(manifest);
  if (isSecret(shell)) return { target: refOf(shell), shell };
  // What is registered stands for no object of the cluster, and an empty one would let go of all that the real one has.
  if (groupOf(shell.apiVersion) === 'argoproj.io') throw refused(manifest, `a ${shell.kind} is not made of secrets`);
  const known = lookupKinds(await cluster.facts(), manifests).find(shell);
  if (known === undefined) return { target: refOf(shell), shell: ofUnknownKind(shell) };
  if (known.namespaced) return { target: refOf(shell), shell };
  const { namespace: _none, ...metadata } = shell.metadata;
  const clusterWide = { ...shell, metadata };
  return {
    target: refOf(clusterWide),
    shell: clusterWide,
    objection: refused(manifest, `a ${shell.kind} is of no namespace`),
  };
}

/** So that it stands against this one object, and not against all that is synced with it. */
function ofUnknownKind(shell: Manifest): Manifest {
  const options = 'SkipDryRunOnMissingResource=true';
  return withMetadata(shell, { annotations: { 'argocd.argoproj.io/sync-options': options } });
}

function refused({ metadata: { name, namespace = '' } }: Manifest, why: string): SecretError {
  const object = `ExternalSecret ${namespace}/${name}`;
  return new SecretError('secret-refused', `${object}: spec.target.manifest: ${why}`, {
    object,
    hint: 'remove spec.target.manifest to have a Secret made, or name a kind that has a namespace, such as ConfigMap',
  });
}

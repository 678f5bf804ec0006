import type { LiveObject } from '../../model/manifest.ts';
import type { ObjectRef } from '../../model/object-ref.ts';
import { sealedSecretsGroup } from './secret-kinds.ts';

const consents = ['sealedsecrets.bitnami.com/managed', 'sealedsecrets.bitnami.com/patch'] as const;

/**
 * True when a live Secret was made by others and does not say that a SealedSecret may have it: then it stays as it is.
 * Source: the controller of Sealed Secrets, which asks the live Secret's annotations `managed` and `patch`.
 */
export function refusesSealed(declaredBy: ObjectRef | undefined, live: LiveObject): boolean {
  if (declaredBy?.group !== sealedSecretsGroup) return false;
  return !consents.some((annotation) => live.metadata.annotations?.[annotation] === 'true');
}

/** What stands against it, and the way out. */
export function sealedRefusal(ref: ObjectRef): { readonly message: string; readonly hint: string } {
  return {
    message: `Secret ${ref.namespace}/${ref.name} is there already, and was not made of this SealedSecret`,
    hint: `let it be taken over with: kubectl annotate secret ${ref.name} -n ${ref.namespace} ${consents[0]}=true (or ${consents[1]}=true, to have its keys added); or delete it, or rename the SealedSecret`,
  };
}

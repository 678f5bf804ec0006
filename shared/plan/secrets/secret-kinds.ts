import type { Application } from '../../model/application.ts';
import type { ClusterFacts } from '../../model/cluster.ts';
import { type Json, jsonAt } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import { groupOf, type ObjectRef, refOf } from '../../model/object-ref.ts';
import type { SecretsConfig } from '../../model/secrets-config.ts';
import { definedKind } from '../kind-lookup.ts';

/** Whose controller would serve a manifest. */
export type SecretFamily = 'external-secrets' | 'sealed-secrets';

/** What a manifest is to the resolution of secrets. */
export type SecretRole =
  | 'external-secret'
  | 'cluster-external-secret'
  | 'store'
  | 'generator'
  | 'sealed-secret'
  | 'unsupported';

/** On an Application: `resolve` or `apply`, whatever the cluster serves. */
export const secretsAnnotation = 'plumbline.dev/secrets';

const externalSecretsGroup = 'external-secrets.io';
const generatorsGroup = 'generators.external-secrets.io';
export const sealedSecretsGroup = 'bitnami.com';

const roles: { readonly [kind: string]: SecretRole } = {
  ExternalSecret: 'external-secret',
  ClusterExternalSecret: 'cluster-external-secret',
  SecretStore: 'store',
  ClusterSecretStore: 'store',
};

/** Kinds of External Secrets Operator that are resolved, but for generators. */
export const externalSecretKinds: readonly string[] = Object.keys(roles);

/** The family and role of a manifest; undefined for all that has nothing to do with secrets' controllers. */
export function secretRole({
  apiVersion,
  kind,
}: Pick<Manifest, 'apiVersion' | 'kind'>): { readonly family: SecretFamily; readonly role: SecretRole } | undefined {
  const group = groupOf(apiVersion);
  if (group === externalSecretsGroup) return { family: 'external-secrets', role: roles[kind] ?? 'unsupported' };
  if (group === generatorsGroup) return { family: 'external-secrets', role: 'generator' };
  if (group === sealedSecretsGroup && kind === 'SealedSecret')
    return { family: 'sealed-secrets', role: 'sealed-secret' };
  return undefined;
}

export type ModeInput = {
  readonly application: Pick<Application, 'annotations'>;
  readonly config: Pick<SecretsConfig, 'mode'>;
  readonly facts: ClusterFacts;
  /** All that is rendered: a CRD among it is as good as one that is served. */
  readonly manifests: readonly Manifest[];
};

const families: { readonly [family in SecretFamily]: { readonly group: string; readonly kind: string } } = {
  'external-secrets': { group: externalSecretsGroup, kind: 'ExternalSecret' },
  'sealed-secrets': { group: sealedSecretsGroup, kind: 'SealedSecret' },
};

/** What an Application asks for; undefined: nothing, or a word that means nothing. */
export function askedMode({ annotations }: Pick<Application, 'annotations'>): 'resolve' | 'apply' | undefined {
  const asked = annotations[secretsAnnotation];
  return asked === 'resolve' || asked === 'apply' ? asked : undefined;
}

/** Whether a family's manifests are resolved, or applied as they are for a controller. The Application's word counts before the operator's. */
export function familyMode(
  family: SecretFamily,
  { application, config, facts, manifests }: ModeInput,
): 'resolve' | 'apply' {
  const asked = askedMode(application) ?? config.mode;
  if (asked !== 'auto') return asked;
  const { group, kind } = families[family];
  const isServed = facts.served.some((served) => served.group === group && served.kind === kind);
  const isBrought = manifests.some((manifest) => {
    const defined = definedKind(manifest);
    return defined?.group === group && defined.kind === kind;
  });
  return isServed || isBrought ? 'apply' : 'resolve';
}

/** The object that a controller makes of an ExternalSecret or SealedSecret, without content; a field that cannot be read has its default. */
export function shellOf(manifest: Manifest): Manifest {
  const { name, namespace = '' } = manifest.metadata;
  const target = secretRole(manifest)?.role === 'sealed-secret' ? undefined : jsonAt(manifest['spec'], 'target');
  const named = jsonAt(target, 'name');
  return {
    ...kindOf(jsonAt(target, 'manifest')),
    metadata: { name: typeof named === 'string' && named !== '' ? named : name, namespace },
  };
}

/** The identity of that object. */
export function targetOf(manifest: Manifest): ObjectRef {
  return refOf(shellOf(manifest));
}

function kindOf(written: Json | undefined): Pick<Manifest, 'apiVersion' | 'kind'> {
  const apiVersion = jsonAt(written, 'apiVersion');
  const kind = jsonAt(written, 'kind');
  const isOther = typeof kind === 'string' && typeof apiVersion === 'string';
  return isOther ? { apiVersion, kind } : { apiVersion: 'v1', kind: 'Secret' };
}

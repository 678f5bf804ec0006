import type { Application } from '../model/application.ts';
import type { ClusterFacts, ServedKind } from '../model/cluster.ts';
import { canonicalJson } from '../model/json.ts';
import type { Manifest, ManifestMetadata } from '../model/manifest.ts';
import { withMetadata } from '../model/manifest.ts';
import { groupOf, keyOf, type ObjectRef, refOf } from '../model/object-ref.ts';
import { hookKind } from './hook-kind.ts';
import { type KindLookup, type KnownKind, lookupKinds } from './kind-lookup.ts';
import { objectOption } from './object-options.ts';
import { foldStringData, unquotedKeys } from './secret-data.ts';
import { syncWave } from './sync-wave.ts';
import { appLabel, applicationLabel, trackingAnnotation, trackingId } from './tracking.ts';

/** One object as it shall be in the cluster: in its namespace, with our tracking metadata. */
export type Target = {
  readonly ref: ObjectRef;
  readonly manifest: Manifest;
  /** Undefined while the cluster does not serve the kind: a CRD of the same render defines it, or will be made by others. */
  readonly kind: ServedKind | undefined;
  readonly namespaced: boolean;
  readonly wave: number;
  /** Of the manifest's canonical JSON. */
  readonly hash: string;
  /** What it was made of, where that is another kind: an ExternalSecret of a Secret, for one. */
  readonly declaredBy?: ObjectRef;
  /** Present when the object stays once it is not wanted any more. */
  readonly stays?: true;
  /** Why nobody knows what it shall be: then it is left as it is. */
  readonly unresolved?: Unresolved;
};

/** A secret that could not be resolved. */
export type Unresolved = { readonly message: string; readonly hint?: string; readonly retryable?: boolean };

/** An object that cannot be applied as it is written, and why. */
export type TargetProblem = { readonly ref: ObjectRef; readonly message: string };

export type NormalisedTargets = {
  readonly targets: readonly Target[];
  /** Objects that run around a sync. */
  readonly hooks: readonly Target[];
  /** Application, ApplicationSet and AppProject objects: never applied to a cluster. */
  readonly declarations: readonly Manifest[];
  readonly problems: readonly TargetProblem[];
};

export type TargetInput = {
  readonly manifests: readonly Manifest[];
  readonly facts: ClusterFacts;
  readonly application: Application;
  /** A collision-free hash of a text. */
  readonly hash: (text: string) => string;
};

/**
 * The objects of a render as they shall be in the cluster, in the order they were given.
 * With `SkipDryRunOnMissingResource=true` a kind that nobody knows is taken as namespaced; else it is a problem.
 * Objects whose hook is `Skip` are left out.
 */
export function normaliseTargets(input: TargetInput): NormalisedTargets {
  const { manifests, facts } = input;
  const kinds = lookupKinds(facts, manifests);
  const present = manifests.filter((manifest) => hookKind(manifest) !== 'skip');
  const { declaration = [], hook = [], object = [] } = Object.groupBy(present, placeOf);
  const checked = object.map((manifest) => checkManifest(manifest, kinds, input));
  const targets = checked.flatMap(({ target }) => target ?? []);
  return {
    targets,
    hooks: hook.map((manifest) => toTarget(manifest, kinds.find(manifest) ?? { namespaced: true }, input)),
    declarations: declaration,
    problems: [...checked.flatMap(({ problem }) => problem ?? []), ...duplicatesAmong(targets)],
  };
}

const declaredKinds: readonly string[] = ['Application', 'ApplicationSet', 'AppProject'];

function placeOf(manifest: Manifest): 'declaration' | 'hook' | 'object' {
  if (groupOf(manifest.apiVersion) === 'argoproj.io' && declaredKinds.includes(manifest.kind)) return 'declaration';
  return hookKind(manifest) === 'hook' ? 'hook' : 'object';
}

type Checked = { readonly target?: Target; readonly problem?: TargetProblem };

function checkManifest(manifest: Manifest, kinds: KindLookup, input: TargetInput): Checked {
  const known = kinds.find(manifest);
  const { syncOptions } = input.application.syncPolicy;
  const mayBeUnknown = objectOption(manifest, syncOptions, 'SkipDryRunOnMissingResource') === 'true';
  if (known === undefined && !mayBeUnknown) {
    return { problem: { ref: refOf(manifest), message: unknownKind(manifest, kinds, input.facts) } };
  }
  const target = toTarget(manifest, known ?? { namespaced: true }, input);
  const message = problemOf(target, manifest);
  return message === undefined ? { target } : { problem: { ref: target.ref, message } };
}

function unknownKind(manifest: Manifest, kinds: KindLookup, facts: ClusterFacts): string {
  const served = kinds.servedVersions(manifest);
  const what = `cluster ${facts.name} (${facts.version}) does not serve ${manifest.apiVersion} ${manifest.kind}`;
  if (served.length > 0) return `${what}; it serves ${served.join(', ')}: change the apiVersion`;
  return `${what}, and no CustomResourceDefinition of this application defines it: add the CRD, install it first, or correct apiVersion and kind`;
}

function problemOf({ namespaced, ref }: Target, manifest: Manifest): string | undefined {
  const { name, generateName } = manifest.metadata;
  if (!name && generateName !== undefined)
    return 'generateName makes a new object at every sync; only a hook may use it: give it a name';
  if (!name) return 'metadata.name is missing';
  if (namespaced && ref.namespace === '') {
    return 'it has no namespace: set metadata.namespace, or spec.destination.namespace of the Application';
  }
  const unquoted = unquotedKeys(manifest);
  if (unquoted.length > 0) return `stringData.${unquoted.join(', stringData.')} must be a string: put it in quotes`;
  return undefined;
}

function toTarget(manifest: Manifest, { namespaced, kind }: KnownKind, { application, hash }: TargetInput): Target {
  const placed = inPlace(foldStringData(manifest), namespaced, application.destination.namespace);
  const ref = refOf(placed);
  const tracked = withMetadata(placed, {
    labels: { [applicationLabel]: appLabel(application.name) },
    annotations: { [trackingAnnotation]: trackingIdOf(application, ref) },
  });
  return { ref, manifest: tracked, kind, namespaced, wave: syncWave(manifest), hash: hash(canonicalJson(tracked)) };
}

/** A target whose manifest was changed, with the hash that it has now. */
export function rehash(target: Target, hash: TargetInput['hash']): Target {
  return { ...target, hash: hash(canonicalJson(target.manifest)) };
}

function trackingIdOf({ name, destination }: Application, ref: ObjectRef): string {
  return trackingId(name, { ...ref, namespace: ref.namespace || destination.namespace });
}

/** In its namespace, or in none; and without what only the API server writes, which an export may have left behind. */
function inPlace(manifest: Manifest, namespaced: boolean, destinationNamespace: string): Manifest {
  const { namespace, managedFields, resourceVersion, uid, generation, selfLink, creationTimestamp, ...metadata } =
    manifest.metadata as ManifestMetadata;
  const wanted = namespaced ? namespace || destinationNamespace : '';
  return { ...manifest, metadata: wanted === '' ? metadata : { ...metadata, namespace: wanted } };
}

function duplicatesAmong(targets: readonly Target[]): readonly TargetProblem[] {
  const seen = new Set<string>();
  return targets.flatMap(({ ref }) => {
    const key = keyOf(ref);
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [{ ref, message: 'it is defined more than once: remove or rename all but one' }];
  });
}

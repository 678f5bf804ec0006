import type { Manifest } from '../../model/manifest.ts';
import type { ObjectRef } from '../../model/object-ref.ts';
import { refOf } from '../../model/object-ref.ts';
import type { SecretRecord } from '../../model/secret-record.ts';
import { secretsUsedBy } from './pod-secrets.ts';
import { asksForRestart } from './restart-stamp.ts';

/** How soon what could not be resolved is tried again. */
const retryMs = 60_000;

/** Selectors, as `plumb sync --resource` takes them, of all that a refresh of secrets may change: the Secrets, and what is restarted with them. */
export function refreshSelection(
  records: readonly SecretRecord[],
  manifests: readonly Manifest[],
  destinationNamespace: string,
): readonly string[] {
  const targets = records.map(({ target }) => target);
  const users = manifests
    .filter(asksForRestart)
    .map((manifest) => ({ manifest, ref: placed(refOf(manifest), destinationNamespace) }))
    .filter(({ manifest, ref }) => usesOneOf(manifest, ref, targets))
    .map(({ ref }) => ref);
  return [...targets, ...users].map(({ group, kind, namespace, name }) => `${group}:${kind}:${namespace}/${name}`);
}

/** The milliseconds after which an application's secrets are to be read again; undefined: only with a sync. */
export function refreshAfter(records: readonly SecretRecord[]): number | undefined {
  const times = records.flatMap(({ refreshMs, problem }) => {
    if (problem !== undefined) return [Math.min(refreshMs ?? retryMs, retryMs)];
    return refreshMs === undefined ? [] : [refreshMs];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

function placed(ref: ObjectRef, destinationNamespace: string): ObjectRef {
  return { ...ref, namespace: ref.namespace || destinationNamespace };
}

function usesOneOf(workload: Manifest, { namespace }: ObjectRef, targets: readonly ObjectRef[]): boolean {
  const used = secretsUsedBy(workload);
  return targets.some((target) => target.namespace === namespace && target.kind === 'Secret' && used.has(target.name));
}

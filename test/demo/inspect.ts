import { isJsonObject } from '../../shared/model/json.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { missingFrom, unfinishedRollout } from './compare-objects.ts';
import type { Environment } from './environment.ts';

/** `Deployment backend`. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

/** What one object lacks to be as wanted and rolled out, as the cluster itself says; empty: nothing. */
export async function inspectObject(wanted: Manifest, cluster: ClusterAccess): Promise<readonly string[]> {
  const live = await cluster.read(wanted);
  if (live === undefined) return [`${nameOf(wanted)} is absent`];
  if (live.metadata.deletionTimestamp !== undefined) return [`${nameOf(wanted)} is being deleted`];
  const rollout = unfinishedRollout(live);
  const missing = wanted.kind === 'Secret' ? otherKeys(wanted, live) : missingFrom(wanted, live);
  return [...missing, ...(rollout === undefined ? [] : [rollout])].map(
    (difference) => `${nameOf(wanted)}: ${difference}`,
  );
}

/** The keys of a Secret whose values are not as wanted, or that are too many; what they are and should be is said nowhere. */
function otherKeys({ data: wanted }: Manifest, { data: live }: Manifest): readonly string[] {
  const [left, right] = [wanted, live].map((data) => (isJsonObject(data) ? data : {}));
  const keys = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})]);
  return [...keys].filter((key) => left?.[key] !== right?.[key]).map((key) => `data.${key} is not as wanted`);
}

/** What an environment lacks to be exactly as wanted and rolled out: objects, fields, replicas, or objects too many. */
export async function inspectEnvironment(
  { application, namespace }: Environment,
  wanted: readonly Manifest[],
  cluster: ClusterAccess,
): Promise<readonly string[]> {
  const owned = (await cluster.listLabelled(namespace, `plumbline.dev/app=${application}`)).map(nameOf);
  const names = wanted.map(nameOf);
  const lacking = await Promise.all(wanted.map((manifest) => inspectObject(manifest, cluster)));
  return [
    ...lacking.flat(),
    ...owned.filter((name) => !names.includes(name)).map((name) => `${name} is there and not in Git`),
    ...names.filter((name) => !owned.includes(name)).map((name) => `${name} has no label of its application`),
  ];
}

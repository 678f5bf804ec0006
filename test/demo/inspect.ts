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
  return [...missingFrom(wanted, live), ...(rollout === undefined ? [] : [rollout])].map(
    (difference) => `${nameOf(wanted)}: ${difference}`,
  );
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

import { attempt } from '../../apply/attempt.ts';
import { type Standing, settle } from '../../apply/settle.ts';
import type { Cluster, ObjectAddress } from '../../cluster-ports.ts';
import { PlumbError } from '../../errors.ts';
import { assessHealth } from '../../health/assess.ts';
import type { Manifest } from '../../model/manifest.ts';
import { formatRef, refOf, versionOf } from '../../model/object-ref.ts';
import { definedKind, kindsServedBy } from '../../plan/kind-lookup.ts';
import type { Ports } from '../../ports.ts';
import { discoverKinds } from '../sync/discover-kinds.ts';

const longestMs = 60_000;

/**
 * Waits until the kinds are served that CRDs among the manifests define, so that others may use them.
 * Those that may not be read are not waited for.
 */
export async function awaitDefinitions(
  manifests: readonly Manifest[],
  { cluster, signal }: { readonly cluster: Cluster; readonly signal: AbortSignal },
  { clock, reporter }: Ports,
): Promise<void> {
  const definitions = manifests.filter((manifest) => definedKind(manifest) !== undefined);
  if (definitions.length === 0) return;
  const addresses = definitions.map((manifest) => ({
    ref: { ...refOf(manifest), namespace: '' },
    version: versionOf(manifest.apiVersion),
  }));
  const hidden = await Promise.all(addresses.map((address) => isForbidden(address, cluster)));
  const awaited = addresses.flatMap((address, index) =>
    hidden[index] === true ? [] : [{ address, until: 'healthy' as const, uid: '' }],
  );
  const assess = (live: Parameters<typeof assessHealth>[0]): ReturnType<typeof assessHealth> => assessHealth(live, {});
  const options = { assess, timeoutMs: longestMs, clock, onWaiting: () => {}, signal };
  const standings = awaited.length === 0 ? [] : await settle(awaited, cluster, options);
  const kinds = established(definitions, standings);
  if (kinds.length === 0) await cluster.rediscover();
  await discoverKinds(cluster, kinds, { clock, signal });
  for (const { ref, done, message } of standings)
    if (!done) reporter.report({ type: 'notice', level: 'warning', message: `${formatRef(ref)}: ${message}` });
}

/** What is not established, or may not be read, is not waited for a second time. */
function established(
  definitions: readonly Manifest[],
  standings: readonly Standing[],
): ReturnType<typeof kindsServedBy> {
  const done = new Set(standings.filter((standing) => standing.done).map(({ ref }) => ref.name));
  return definitions.filter(({ metadata }) => done.has(metadata.name)).flatMap(kindsServedBy);
}

/** Rights do not come while a restore waits for them. */
async function isForbidden(address: ObjectAddress, cluster: Cluster): Promise<boolean> {
  const read = await attempt(cluster.read(address));
  return !read.ok && read.error instanceof PlumbError && read.error.code === 'cluster-forbidden';
}

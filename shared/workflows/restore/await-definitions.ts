import { attempt } from '../../apply/attempt.ts';
import { settle } from '../../apply/settle.ts';
import { PlumbError } from '../../errors.ts';
import { assessHealth } from '../../health/assess.ts';
import type { Manifest } from '../../model/manifest.ts';
import { formatRef, refOf, versionOf } from '../../model/object-ref.ts';
import { definedKind } from '../../plan/kind-lookup.ts';
import type { Cluster, ObjectAddress, Ports } from '../../ports.ts';

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
  await cluster.rediscover();
  for (const { ref, done, message } of standings)
    if (!done) reporter.report({ type: 'notice', level: 'warning', message: `${formatRef(ref)}: ${message}` });
}

/** Rights do not come while a restore waits for them. */
async function isForbidden(address: ObjectAddress, cluster: Cluster): Promise<boolean> {
  const read = await attempt(cluster.read(address));
  return !read.ok && read.error instanceof PlumbError && read.error.code === 'cluster-forbidden';
}

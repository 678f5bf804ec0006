import type { DeleteConditions } from '../../cluster-ports.ts';
import type { InventoryEntry } from '../../model/inventory.ts';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { type LiveObject, type Manifest, withMetadata } from '../../model/manifest.ts';
import { keyOf, refOf } from '../../model/object-ref.ts';
import { asApplied, resolvedAnnotation } from '../../plan/secrets/kept-secret.ts';
import { secretRole } from '../../plan/secrets/secret-kinds.ts';
import { applicationLabel, trackingAnnotation } from '../../plan/tracking.ts';
import type { SyncRun } from './sync-run.ts';

/** The controller of Sealed Secrets takes over only what asks for it. */
const takeOver = { 'sealedsecrets.bitnami.com/managed': 'true' };

/**
 * Leaves Secrets to the controllers that make them from now on: with the same values, and without the marks by which they were ours. Done
 * again it changes nothing; a Secret that has lost our marks is never pruned.
 */
export async function releaseSecrets({ desired, secrets, cluster }: SyncRun): Promise<void> {
  const makers = new Map(secrets.passed.map(({ target, by }) => [keyOf(target), by]));
  await Promise.all(
    desired.released.map(async ({ ref, version }) => {
      const live = await cluster.read({ ref, version });
      if (live !== undefined) await cluster.apply(releasedManifest(live, makers.get(keyOf(ref))));
    }),
  );
}

function releasedManifest(live: LiveObject, maker: Manifest | undefined): Manifest {
  const { metadata, ...applied } = asApplied(live);
  const { [applicationLabel]: _label, ...labels } = metadata.labels ?? {};
  const { [trackingAnnotation]: _tracking, [resolvedAnnotation]: _note, ...annotations } = metadata.annotations ?? {};
  const isSealed = maker !== undefined && secretRole(maker)?.role === 'sealed-secret';
  return {
    ...applied,
    apiVersion: live.apiVersion,
    kind: live.kind,
    metadata: { ...metadata, labels, annotations: { ...annotations, ...(isSealed ? takeOver : {}) } },
  };
}

/**
 * How to delete an ExternalSecret or SealedSecret whose Secret is resolved here from now on: so that the Secret stays. An ExternalSecret is
 * first told to let go of it. Undefined: it is not handed over, and goes as anything does.
 */
export async function detachIfHandedOver(
  run: SyncRun,
  { entry, live }: { readonly entry: InventoryEntry; readonly live: LiveObject },
): Promise<DeleteConditions | undefined> {
  const key = keyOf(entry.ref);
  if (!run.context.handedOver.has(key)) return undefined;
  const written = run.rendered.render.manifests.find((manifest) => keyOf(refOf(placed(manifest, entry))) === key);
  const isExternal = secretRole(live)?.role === 'external-secret';
  if (!isExternal) await consent(run, entry);
  const detached =
    isExternal && written !== undefined ? await run.cluster.apply(lettingGo(placed(written, entry), live)) : live;
  const { uid, resourceVersion } = detached.metadata;
  return { uid, resourceVersion, propagation: 'Orphan' };
}

/** Says on the Secret that it may be taken over, for a run that dies before it was. */
async function consent({ desired, cluster }: SyncRun, { ref }: InventoryEntry): Promise<void> {
  const made = desired.targets.filter(({ declaredBy }) => declaredBy !== undefined && keyOf(declaredBy) === keyOf(ref));
  for (const { manifest } of made) {
    const { name, namespace } = manifest.metadata;
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }), annotations: takeOver };
    await cluster.apply({ apiVersion: manifest.apiVersion, kind: manifest.kind, metadata });
  }
}

function placed(manifest: Manifest, { ref }: InventoryEntry): Manifest {
  return manifest.metadata.namespace ? manifest : withMetadata(manifest, { namespace: ref.namespace });
}

function lettingGo(written: Manifest, live: LiveObject): Manifest {
  const spec = memberOf(written['spec']);
  const target = { ...memberOf(spec['target']), creationPolicy: 'Orphan', deletionPolicy: 'Retain' };
  const tracking = live.metadata.annotations?.[trackingAnnotation];
  const kept =
    tracking === undefined ? written : withMetadata(written, { annotations: { [trackingAnnotation]: tracking } });
  return { ...kept, apiVersion: live.apiVersion, spec: { ...spec, target } };
}

function memberOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

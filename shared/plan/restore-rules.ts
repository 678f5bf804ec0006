import { jsonAt } from '../model/json.ts';
import type { Manifest } from '../model/manifest.ts';
import { refOf } from '../model/object-ref.ts';
import type { NotRestored, RestoreWarning } from '../model/restore.ts';
import type { SnapshotCluster } from '../model/snapshot.ts';
import { formatPath } from './diff/field-path.ts';
import { reasonToLeaveOut } from './restore/left-out.ts';
import { placeOf, type RestoreContext, type RuleScope } from './restore/restore-context.ts';
import { signsOfElsewhere } from './restore/signs-of-elsewhere.ts';
import { withoutForeignFields } from './restore/stripped-fields.ts';

export type RestoredManifests = {
  /** In the order in which they were given; the very same list when nothing is left out or stripped. */
  readonly manifests: readonly Manifest[];
  readonly notRestored: readonly NotRestored[];
  /** Restored as they are; empty on the same cluster. */
  readonly warnings: readonly RestoreWarning[];
};

/**
 * True when a snapshot was taken on that very cluster: by the uid of kube-system where both are known, else by name or server.
 * A cluster that was built anew behind the same name has another uid.
 */
export function isSameCluster(
  taken: Pick<SnapshotCluster, 'name' | 'server' | 'uid'>,
  target: Pick<SnapshotCluster, 'name' | 'server' | 'uid'>,
): boolean {
  if (taken.uid !== undefined && target.uid !== undefined) return taken.uid === target.uid;
  return taken.name === target.name || taken.server === target.server;
}

/**
 * What of a snapshot's manifests is applied. On the same cluster that is all of it, but for owners that are gone; on another one
 * nothing comes along that is bound to the nodes, addresses, volumes and identities of the old one. Restored again, nothing more goes.
 */
export function restoreManifests(manifests: readonly Manifest[], context: RestoreContext): RestoredManifests {
  const scope = scopeOf(manifests, context);
  const judged = manifests.map((manifest) => judge(manifest, scope));
  const notRestored = judged.flatMap((each) => each.notRestored);
  const isOther = context.target === 'other';
  const restored = judged.flatMap(({ manifest }) => manifest ?? []);
  return {
    manifests: notRestored.length === 0 ? manifests : restored,
    notRestored,
    warnings: isOther ? restored.flatMap(warningsOf) : [],
  };
}

type Judged = { readonly manifest?: Manifest; readonly notRestored: readonly NotRestored[] };

function judge(manifest: Manifest, scope: RuleScope): Judged {
  const ref = refOf(manifest);
  const reason = reasonToLeaveOut(manifest, scope);
  if (reason !== undefined) return { notRestored: [{ ref, reason }] };
  const stripped = withoutForeignFields(manifest, scope);
  return {
    manifest: stripped.manifest,
    notRestored: stripped.removed.map(({ at, reason: why }) => ({ ref, field: formatPath(at), reason: why })),
  };
}

function warningsOf(manifest: Manifest): readonly RestoreWarning[] {
  return signsOfElsewhere(manifest).map(({ at, ...sign }) => ({ ...sign, field: formatPath(at) }));
}

function scopeOf(manifests: readonly Manifest[], context: RestoreContext): RuleScope {
  const brought = new Set(manifests.flatMap((manifest) => placesOf(manifest, context)));
  const selecting = new Set(
    manifests
      .filter(({ kind, spec }) => kind === 'Service' && jsonAt(spec, 'selector') !== undefined)
      .map((manifest) => `${placeOf(manifest, context)}/${manifest.metadata.name}`),
  );
  return {
    ...context,
    brings: (kind, namespace, name) => brought.has(`${kind}/${namespace}/${name}`),
    selects: (namespace, name) => selecting.has(`${namespace}/${name}`),
  };
}

/** Whether its kind is namespaced is not known here, so an object is found with its namespace and without. */
function placesOf(manifest: Manifest, context: RestoreContext): readonly string[] {
  const { kind, metadata } = manifest;
  return [`${kind}//${metadata.name}`, `${kind}/${placeOf(manifest, context)}/${metadata.name}`];
}

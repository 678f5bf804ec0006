import { clusterRole, flowSchema, type Manifest } from './cluster-manifests.ts';
import type { ClusterOptions } from './cluster-options.ts';
import type { NamedCluster } from './cluster-spec.ts';

/** Applies what was asked for to a cluster of the app, by its own kubectl provider. */
export function applyManifests(cluster: NamedCluster, { flowSchema: wantsFlow, access = {} }: ClusterOptions): void {
  if (wantsFlow === true) apply(cluster, 'PlumblineFlowSchema', flowSchema);
  if (access.applyClusterRole === true) apply(cluster, 'PlumblineClusterRole', clusterRole);
}

function apply({ construct, label }: NamedCluster, id: string, manifests: readonly Manifest[]): void {
  if (construct === undefined)
    throw new Error(
      `${label}: nothing can be applied to a cluster that is known by its name only: apply what the outputs say`,
    );
  // Another installation may have done so.
  if (construct.node.tryFindChild(`manifest-${id}`) === undefined) construct.addManifest(id, ...manifests);
}

import type { LiveObject } from '../../../shared/model/manifest.ts';
import { trackingAnnotation, trackingId } from '../../../shared/plan/tracking.ts';
import type { MemoryCluster } from './memory-cluster.ts';
import { type ObjectName, otherApplication } from './model-application.ts';

/** What somebody does to an object by hand. `hold`: a finalizer keeps it when it is deleted. `take`: another application makes it its own. */
export const meddlings = ['edit', 'strip', 'remove', 'hold', 'take'] as const;

/** Does it at once; nothing, where there is no such object. */
export function meddle(cluster: MemoryCluster, how: (typeof meddlings)[number], name: ObjectName): void {
  const ref =
    name === 'web'
      ? { group: 'apps', kind: 'Deployment', namespace: 'shop', name }
      : { group: '', kind: 'ConfigMap', namespace: 'shop', name };
  const live = cluster.find(ref);
  if (how === 'take') take(cluster, live, { ref, name });
  else if (live !== undefined) change(cluster, live, how);
}

function change(cluster: MemoryCluster, live: LiveObject, how: (typeof meddlings)[number]): void {
  const { metadata } = live;
  if (how === 'remove') cluster.remove(live);
  if (how === 'edit')
    cluster.change(live, live.kind === 'Deployment' ? { spec: { replicas: 9 } } : { data: { v: 'edited' } });
  if (how === 'hold') cluster.change(live, { metadata: { ...metadata, finalizers: ['model/held'] } });
  if (how === 'strip') cluster.change(live, { metadata: { ...metadata, annotations: {}, labels: {} } });
}

type Taken = { readonly ref: Parameters<MemoryCluster['find']>[0]; readonly name: ObjectName };

function take(cluster: MemoryCluster, live: LiveObject | undefined, { ref, name }: Taken): void {
  if (live !== undefined) cluster.remove(live);
  cluster.create({
    apiVersion: name === 'web' ? 'apps/v1' : 'v1',
    kind: ref.kind,
    metadata: { name, namespace: 'shop', annotations: { [trackingAnnotation]: trackingId(otherApplication, ref) } },
    ...(name === 'web' ? { spec: { replicas: 7 } } : { data: { v: 'theirs' } }),
  });
}

import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../../../shared/model/json.ts';
import type { Manifest } from '../../../../shared/model/manifest.ts';
import { refOf, versionOf } from '../../../../shared/model/object-ref.ts';
import type { Snapshot } from '../../../../shared/model/snapshot.ts';
import type { ObjectStore } from '../../../../shared/ports.ts';
import { saveRender } from '../../../../shared/state/renders.ts';
import { saveSnapshot } from '../../../../shared/state/snapshots.ts';
import { anApplication, aProject } from '../../cli/examples.ts';

/** A snapshot of shop that deployed nothing. */
export function aSnapshot(name: string, given: Partial<Snapshot> = {}): Snapshot {
  return {
    name,
    application: anApplication('shop'),
    project: aProject('default'),
    cluster: { name: 'prod', server: 'https://10.0.0.1', version: 'v1.36.3' },
    takenAt: '2026-01-02T03:04:15Z',
    operation: { id: 'op', reason: 'manual', startedAt: '2026-01-02T03:04:05Z' },
    outcome: 'Succeeded',
    message: '',
    health: { code: 'Healthy', message: '' },
    sources: [],
    renderDigest: '',
    inventory: [],
    results: [],
    changes: { added: 0, changed: 0, removed: 0 },
    ...given,
  };
}

/** A snapshot of a commit; its name ends as names do. */
export function snapshotOf(time: string, revision: string): Snapshot {
  const sources = [{ repoURL: 'https://git.example/apps.git', path: 'shop', revision }];
  return aSnapshot(`${time}-${revision.slice(0, 7)}`, { sources });
}

/** Keeps a snapshot that deployed these manifests. */
export async function keepSnapshot(
  store: ObjectStore,
  name: string,
  manifests: readonly Manifest[],
): Promise<Snapshot> {
  const digest = createHash('sha256')
    .update(canonicalJson(manifests as unknown as Json))
    .digest('hex');
  const inventory = manifests.map((manifest) => ({
    ref: { ...refOf(manifest), namespace: clusterScoped.includes(manifest.kind) ? '' : 'shop' },
    version: versionOf(manifest.apiVersion),
    wave: 0,
  }));
  const snapshot = aSnapshot(name, { renderDigest: digest, inventory });
  await saveRender(store, 'default', { digest, manifests });
  await saveSnapshot(store, snapshot);
  return snapshot;
}

const clusterScoped: readonly string[] = ['ClusterRole', 'Namespace'];

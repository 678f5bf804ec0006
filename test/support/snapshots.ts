import { createHash } from 'node:crypto';
import type { Application } from '../../shared/model/application.ts';
import { type Head, newHead } from '../../shared/model/head.ts';
import { canonicalJson, type Json } from '../../shared/model/json.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import type { Operation } from '../../shared/model/operation.ts';
import { defaultProject } from '../../shared/model/project.ts';
import type { Render } from '../../shared/model/render.ts';
import type { Snapshot, SnapshotNote } from '../../shared/model/snapshot.ts';

/** A render of one ConfigMap with that text, and its true digest. */
export function aRenderOf(text: string): Render {
  const manifests: readonly Manifest[] = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { text } },
  ];
  const digest = createHash('sha256')
    .update(canonicalJson(manifests as unknown as Json))
    .digest('hex');
  return { digest, manifests };
}

const application: Application = {
  name: 'shop',
  project: 'default',
  labels: {},
  annotations: {},
  finalizers: [],
  destination: { server: 'https://prod', namespace: 'shop' },
  sources: [{ repoURL: 'https://git.example/shop.git', targetRevision: 'main', path: 'overlays/prod' }],
  syncPolicy: { syncOptions: [], retry: { limit: 0, backoffMs: 5_000, factor: 2, maxBackoffMs: 180_000 } },
};

/** What a test says of a snapshot; `of` is its application, `at` its time in ISO 8601. */
export type SnapshotGiven = Partial<Snapshot> & { readonly of?: string; readonly at?: string };

/** A snapshot of a healthy sync, named after its time. */
export function aSnapshot({ of = 'shop', at = '2026-01-02T03:04:05.006Z', ...given }: SnapshotGiven = {}): Snapshot {
  const revision = '3f2a1bc0000000000000000000000000000000aa';
  return {
    name: `${at.replaceAll(/[-:Z]/g, '').replace('T', '-').replace('.', '-')}-${revision.slice(0, 7)}`,
    application: { ...application, name: of },
    project: defaultProject,
    cluster: { name: 'prod', server: 'https://prod', version: 'v1.36.3', uid: 'uid-of-kube-system' },
    takenAt: at,
    operation: { id: 'op', reason: 'git', startedAt: at },
    outcome: 'Succeeded',
    message: 'all objects are applied',
    health: { code: 'Healthy', message: '' },
    sources: [
      {
        repoURL: 'https://git.example/shop.git',
        path: 'overlays/prod',
        revision,
        commit: { sha: revision, author: 'Ada <ada@git.example>', subject: 'more prompts', time: at },
      },
    ],
    tools: { helm: 'v4.1.4', kustomize: 'v5.7.1' },
    renderDigest: aRenderOf('1').digest,
    inventory: [{ ref: { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'a' }, version: 'v1', wave: 0 }],
    results: [],
    changes: { added: 1, changed: 0, removed: 0 },
    ...given,
  };
}

/** What a head remembers of a snapshot. */
export function noteFor({ name, renderDigest, outcome, health }: Snapshot): SnapshotNote {
  return { name, renderDigest, outcome, health: health.code };
}

/** A head that notes these snapshots, oldest first, with the last one deployed. */
export function aHeadOf(snapshots: readonly Snapshot[], given: Partial<Head> = {}): Head {
  const last = snapshots.at(-1);
  return {
    ...newHead(last?.application.name ?? 'shop', 'default', 'prod'),
    ...(last === undefined
      ? {}
      : { deployed: { renderDigest: last.renderDigest, sources: last.sources, at: last.takenAt } }),
    snapshots: snapshots.map(noteFor),
    ...given,
  };
}

/** A sync that is under way and that nobody holds. */
export function aRunningOperation(given: Partial<Operation> = {}): Operation {
  return {
    id: 'op',
    reason: 'git',
    phase: 'Running',
    sources: [],
    renderDigest: '',
    snapshot: '',
    changes: { added: 0, changed: 0, removed: 0 },
    prune: false,
    selected: [],
    cursor: 0,
    attempt: 1,
    startedAt: '2026-01-02T03:04:05.006Z',
    message: 'started',
    results: [],
    ...given,
  };
}

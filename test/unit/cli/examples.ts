import type { Application } from '../../../shared/model/application.ts';
import type { ObjectResult } from '../../../shared/model/change.ts';
import { type Head, newHead } from '../../../shared/model/head.ts';
import type { ObjectRef } from '../../../shared/model/object-ref.ts';
import type { Operation } from '../../../shared/model/operation.ts';
import type { Project } from '../../../shared/model/project.ts';
import type { RenderedSources } from '../../../shared/model/render.ts';
import type { ResolvedSource } from '../../../shared/model/revision.ts';
import type { SyncOutcome } from '../../../shared/model/sync-request.ts';

export const sha = '3f2a1bc0000000000000000000000000000000aa';

/** An application with one source in Git and no policy. */
export function anApplication(name: string): Application {
  return {
    name,
    project: 'default',
    labels: {},
    annotations: {},
    finalizers: [],
    destination: { name: 'prod', namespace: name },
    sources: [{ repoURL: 'https://git.example/apps.git', targetRevision: 'main', path: name }],
    syncPolicy: { syncOptions: [], retry: { limit: 0, backoffMs: 5_000, factor: 2, maxBackoffMs: 180_000 } },
  };
}

/** A project that allows nothing cluster-scoped. */
export function aProject(name: string): Project {
  return {
    name,
    description: '',
    sourceRepos: ['*'],
    destinations: [{ server: '*', namespace: '*' }],
    clusterResourceWhitelist: [],
    clusterResourceBlacklist: [],
    namespaceResourceBlacklist: [],
  };
}

export function aRef(kind: string, name: string, group = ''): ObjectRef {
  return { group, kind, namespace: 'shop', name };
}

export function aResult(action: ObjectResult['action'], name: string, message = ''): ObjectResult {
  return { ref: aRef('ConfigMap', name), wave: 0, action, message };
}

const aSource: ResolvedSource = {
  repoURL: 'https://git.example/apps.git',
  path: 'shop',
  revision: sha,
  commit: { sha, author: 'Ada', subject: 'more prompts', time: '2026-01-02T03:04:05Z' },
};

export const aRender: RenderedSources = {
  render: { digest: 'd1', manifests: [] },
  sources: [aSource],
  warnings: [],
  rendered: true,
};

export function anOperation(given: Partial<Operation> = {}): Operation {
  return {
    id: 'op',
    reason: 'manual',
    phase: 'Succeeded',
    sources: [aSource],
    renderDigest: 'd1',
    snapshot: '20260102-030405-000-3f2a1bc',
    changes: { added: 0, changed: 1, removed: 0 },
    prune: false,
    selected: [],
    cursor: 1,
    attempt: 1,
    startedAt: '2026-01-02T03:04:05Z',
    finishedAt: '2026-01-02T03:04:15Z',
    message: '',
    results: [],
    ...given,
  };
}

/** The head of an application that was synced and is healthy. */
export function aHead(given: Partial<Head> = {}): Head {
  return {
    ...newHead('shop', 'default', 'prod'),
    sync: { code: 'Synced', message: '' },
    health: { code: 'Healthy', message: '' },
    deployed: { renderDigest: 'd1', sources: [aSource], at: '2026-01-02T03:04:15Z' },
    operation: anOperation(),
    ...given,
  };
}

export function anOutcome(head: Partial<Head>, results: readonly ObjectResult[]): SyncOutcome {
  return { head: aHead(head), rendered: aRender, results };
}

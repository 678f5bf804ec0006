import type { Application } from '../../../shared/model/application.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { toCanonicalRender } from '../../../shared/render/canonical-render.ts';
import type { Files } from './memory-git.ts';

export const objectNames = ['a', 'web', 'c', 'd'] as const;
export type ObjectName = (typeof objectNames)[number];

/** What Git has of each object; the cluster refuses `refuse`. */
export type Content = { readonly [name in ObjectName]?: string | undefined };

/** Whether the file of `d` is left out by the Application: another render of the same commit. */
export type Declaration = { readonly leavesOutD: boolean; readonly autoRollback: boolean };

export const application = 'shop';
export const otherApplication = 'other';

export function declare({ leavesOutD, autoRollback }: Declaration): Application {
  return {
    name: application,
    project: 'default',
    labels: {},
    // A person has agreed to every deletion: what is checked here is not the change budget.
    annotations: {
      'argocd.argoproj.io/deletion-approved': '2100-01-01T00:00:00Z',
      ...(autoRollback ? { 'plumbline.dev/auto-rollback': 'true' } : {}),
    },
    finalizers: [],
    destination: { server: 'https://model.test', namespace: 'shop' },
    sources: [
      {
        repoURL: 'https://git.test/shop.git',
        targetRevision: 'main',
        path: 'app',
        directory: { recurse: false, disableExtensionFilter: false, ...(leavesOutD ? { exclude: 'd.json' } : {}) },
      },
    ],
    syncPolicy: {
      automated: { prune: true, selfHeal: true, allowEmpty: true },
      syncOptions: [],
      retry: { limit: -1, backoffMs: 5_000, factor: 2, maxBackoffMs: 180_000 },
    },
  };
}

/** A Deployment and three ConfigMaps in two waves. */
export function filesOf(content: Content): Files {
  const present = objectNames.flatMap((name) => {
    const value = content[name];
    return value === undefined ? [] : [[name, manifestOf(name, value)] as const];
  });
  return Object.fromEntries(present);
}

function manifestOf(name: ObjectName, value: string): Manifest {
  const namespace = 'shop';
  if (name === 'web')
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: { replicas: value.length },
    };
  const wave = name === 'a' ? '0' : '1';
  const annotations = { 'argocd.argoproj.io/sync-wave': wave };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, annotations }, data: { v: value } };
}

/** The render of some files, as the Application is declared. */
export function renderOf(files: Files, leavesOutD: boolean): ReturnType<typeof toCanonicalRender>['render'] {
  const manifests = Object.entries(files).filter(([name]) => !(leavesOutD && name === 'd'));
  return toCanonicalRender(manifests.map(([, manifest]) => manifest)).render;
}

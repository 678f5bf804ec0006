import { createHash } from 'node:crypto';
import type { Application } from '../../../shared/model/application.ts';
import type { ClusterFacts, ServedKind } from '../../../shared/model/cluster.ts';
import type { InventoryEntry } from '../../../shared/model/inventory.ts';
import type { LiveMetadata, LiveObject, Manifest } from '../../../shared/model/manifest.ts';
import { groupOf, versionOf } from '../../../shared/model/object-ref.ts';
import { plannedEntry } from '../../../shared/plan/inventory-entry.ts';
import { type NormalisedTargets, normaliseTargets, type Target } from '../../../shared/plan/target.ts';

export const shop: Application = {
  name: 'shop',
  project: 'default',
  labels: {},
  annotations: {},
  finalizers: [],
  destination: { server: 'https://prod', namespace: 'shop' },
  sources: [],
  syncPolicy: { syncOptions: [], retry: { limit: 2, backoffMs: 5_000, factor: 2, maxBackoffMs: 180_000 } },
};

export function withOptions(...syncOptions: string[]): Application {
  return { ...shop, syncPolicy: { ...shop.syncPolicy, syncOptions } };
}

const namespacedKinds =
  'v1/ConfigMap v1/Secret v1/Service v1/ServiceAccount v1/PersistentVolumeClaim apps/v1/Deployment batch/v1/Job rbac.authorization.k8s.io/v1/RoleBinding networking.k8s.io/v1/Ingress';
const clusterKinds =
  'v1/Namespace apiextensions.k8s.io/v1/CustomResourceDefinition rbac.authorization.k8s.io/v1/ClusterRole admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration';

function served(names: string, namespaced: boolean): readonly ServedKind[] {
  return names.split(' ').map((name) => {
    const slash = name.lastIndexOf('/');
    const [apiVersion, kind] = [name.slice(0, slash), name.slice(slash + 1)];
    const resource = `${kind.toLowerCase()}s`;
    return { group: groupOf(apiVersion), version: versionOf(apiVersion), kind, resource, namespaced, verbs: ['list'] };
  });
}

const facts: ClusterFacts = {
  name: 'prod',
  server: 'https://prod',
  version: 'v1.36.3',
  served: [...served(namespacedKinds, true), ...served(clusterKinds, false)],
};

type Metadata = Partial<Manifest['metadata']>;

export function manifest(kind: string, name: string, more: Metadata = {}): Manifest {
  const found = facts.served.find((candidate) => candidate.kind === kind);
  const apiVersion = [found?.group, found?.version].filter((part) => part !== '' && part !== undefined).join('/');
  return { apiVersion: apiVersion || 'example.com/v1', kind, metadata: { ...more, name } };
}

export function wave(number: number): { readonly annotations: Record<string, string> } {
  return { annotations: { 'argocd.argoproj.io/sync-wave': String(number) } };
}

export function definition(kind: string, more: Metadata = {}, scope = 'Namespaced'): Manifest {
  return {
    ...manifest('CustomResourceDefinition', `${kind.toLowerCase()}s.example.com`, more),
    spec: { group: 'example.com', names: { kind }, scope, versions: [{ name: 'v1', served: true }] },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function normalise(manifests: readonly Manifest[], application: Application = shop): NormalisedTargets {
  return normaliseTargets({ manifests, facts, application, hash: sha256 });
}

export function targetsOf(manifests: readonly Manifest[], application: Application = shop): readonly Target[] {
  return normalise(manifests, application).targets;
}

export function liveOf(wanted: Manifest, metadata: Partial<LiveMetadata> = {}): LiveObject {
  return { ...wanted, metadata: { ...wanted.metadata, uid: 'uid-1', resourceVersion: '1', ...metadata } };
}

export function entryOf(target: Target, seen: Partial<InventoryEntry['seen']> = {}): InventoryEntry {
  return {
    ...plannedEntry(target),
    seen: { uid: 'uid-1', resourceVersion: '1', desiredHash: target.hash, ...seen },
  };
}

/** Small manifests for tests, as text of one YAML document (JSON is YAML). */

type Fields = Readonly<Record<string, unknown>>;

/** A ConfigMap with data; `metadata` is merged in. */
export function configMap(name: string, data: Fields = {}, metadata: Fields = {}): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data });
}

/** A Deployment of an image that needs nothing. */
export function deployment(name: string, spec: Fields = {}, metadata: Fields = {}): string {
  const labels = { app: name };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...metadata },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'registry.example.com/app:1' }] } },
      ...spec,
    },
  });
}

/** A CustomResourceDefinition of one namespaced kind with any fields. */
export function customResourceDefinition(kind: string, group: string): string {
  const plural = `${kind.toLowerCase()}s`;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  });
}

/** A custom resource. */
export function customResource(kind: string, group: string, name: string): string {
  return JSON.stringify({ apiVersion: `${group}/v1`, kind, metadata: { name }, spec: { size: 1 } });
}

/** The annotation of a sync wave. */
export function wave(number: number): Fields {
  return { annotations: { 'argocd.argoproj.io/sync-wave': String(number) } };
}

/** Three waves of one application; the one in the middle is healthy when its Service `gate` is given an address. */
export const gatedFiles: Readonly<Record<string, string>> = {
  'app/first.yaml': configMap('first'),
  'app/gate.yaml': JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'gate', ...wave(1) },
    spec: { type: 'LoadBalancer', selector: { app: 'x' }, ports: [{ port: 80 }] },
  }),
  'app/last.yaml': configMap('last', {}, wave(2)),
};

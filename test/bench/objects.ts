/** One manifest as plain data. */
export type BenchObject = { readonly [field: string]: unknown };

const labels = { app: 'bench' };

/** Small objects of the four commonest kinds in the share 6 : 2 : 1 : 1 (ConfigMap, Service, Deployment of 0 replicas, ServiceAccount). */
export function mixedObjects(count: number): readonly BenchObject[] {
  return Array.from({ length: count }, (_, index) => {
    const share = index % 10;
    if (share < 6) return configMap(`config-${index}`, `value of ${index}`);
    if (share < 8) return service(`service-${index}`);
    return share === 8 ? deployment(`deployment-${index}`) : serviceAccount(`account-${index}`);
  });
}

/** The four objects of one small application; `content` is what a push changes in each of them. */
export function smallApplication(name: string, content: string): readonly BenchObject[] {
  return [
    withAnnotation(deployment(name), content),
    withAnnotation(service(name), content),
    withAnnotation(serviceAccount(name), content),
    configMap(name, content),
  ];
}

/** The files of a Git repository that hold the objects, one each. JSON is YAML. */
export function asFiles(folder: string, objects: readonly BenchObject[]): Record<string, string> {
  return Object.fromEntries(
    objects.map((object, index) => [`${folder}/${String(index).padStart(5, '0')}.yaml`, JSON.stringify(object)]),
  );
}

function configMap(name: string, content: string): BenchObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data: { content, more: 'x'.repeat(200) } };
}

function service(name: string): BenchObject {
  const spec = { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, labels }, spec };
}

function serviceAccount(name: string): BenchObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, labels } };
}

function deployment(name: string): BenchObject {
  const container = {
    name: 'main',
    image: 'registry.example.com/bench:1',
    ports: [{ containerPort: 8080 }],
    env: [{ name: 'MODE', value: 'bench' }],
  };
  const template = { metadata: { labels: { app: name } }, spec: { containers: [container] } };
  const spec = { replicas: 0, selector: { matchLabels: { app: name } }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, labels }, spec };
}

function withAnnotation(object: BenchObject, content: string): BenchObject {
  return {
    ...object,
    metadata: { ...(object['metadata'] as object), annotations: { 'example.com/content': content } },
  };
}

/** An Application of plain YAML in one folder of a repository. */
export function application(
  name: string,
  source: { readonly repoURL: string; readonly path: string; readonly namespace: string },
): BenchObject {
  const { repoURL, path, namespace } = source;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace },
      source: { repoURL, path, targetRevision: 'main' },
      syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
    },
  };
}

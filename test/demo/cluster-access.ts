import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';
import type { Json } from '../../shared/model/json.ts';
import type { LiveObject, Manifest } from '../../shared/model/manifest.ts';
import { groupOf, versionOf } from '../../shared/model/object-ref.ts';

export type Wanted = Pick<Manifest, 'apiVersion' | 'kind' | 'metadata'>;

/** A person with all rights and kubectl's own requests: the demo's eyes and meddling hands, with nothing of Plumbline in between. */
export type ClusterAccess = {
  /** The object as it is now, or undefined. */
  readonly read: (wanted: Wanted) => Promise<LiveObject | undefined>;
  /** All objects of a namespace that have the label, of the kinds that the demo knows. */
  readonly listLabelled: (namespace: string, label: string) => Promise<readonly LiveObject[]>;
  /** What `kubectl apply --server-side` sends. */
  readonly apply: (wanted: Manifest) => Promise<void>;
  /** What saving in `kubectl edit` sends. */
  readonly edit: (wanted: Wanted, patch: Json) => Promise<void>;
  /** What `kubectl scale` sends. */
  readonly scale: (wanted: Wanted, replicas: number) => Promise<void>;
  /** What `kubectl delete` sends. */
  readonly remove: (wanted: Wanted) => Promise<void>;
  readonly close: () => void;
};

const resources: { readonly [kind: string]: { readonly apiVersion: string; readonly resource: string } } = {
  ConfigMap: { apiVersion: 'v1', resource: 'configmaps' },
  Deployment: { apiVersion: 'apps/v1', resource: 'deployments' },
  Ingress: { apiVersion: 'networking.k8s.io/v1', resource: 'ingresses' },
  NetworkPolicy: { apiVersion: 'networking.k8s.io/v1', resource: 'networkpolicies' },
  Pod: { apiVersion: 'v1', resource: 'pods' },
  PodDisruptionBudget: { apiVersion: 'policy/v1', resource: 'poddisruptionbudgets' },
  Secret: { apiVersion: 'v1', resource: 'secrets' },
  Service: { apiVersion: 'v1', resource: 'services' },
  ServiceAccount: { apiVersion: 'v1', resource: 'serviceaccounts' },
  StatefulSet: { apiVersion: 'apps/v1', resource: 'statefulsets' },
};

/** Access with the rights of a kubeconfig. */
export async function openClusterAccess(kubeconfig: string): Promise<ClusterAccess> {
  const send = await openConnection(kubeconfig);
  const change = async (method: string, path: string, body: Sent): Promise<void> => {
    if ((await send(method, path, body)) === undefined) throw new Error(`${method} ${path}: there is no such object`);
  };
  return {
    read: async (wanted) => (await send('GET', pathOf(wanted))) as LiveObject | undefined,
    listLabelled: async (namespace, label) => {
      const query = `?labelSelector=${encodeURIComponent(label)}`;
      const lists = Object.entries(resources).map(async ([kind, { apiVersion }]) => {
        const { items } = (await send('GET', `${folderOf(kind, namespace)}${query}`)) as {
          items: readonly LiveObject[];
        };
        return items.map((item) => ({ ...item, apiVersion, kind }));
      });
      return (await Promise.all(lists)).flat();
    },
    apply: (wanted) =>
      change('PATCH', `${pathOf(wanted)}?fieldManager=kubectl`, { type: 'application/apply-patch+yaml', body: wanted }),
    edit: (wanted, patch) =>
      change('PATCH', `${pathOf(wanted)}?fieldManager=kubectl-edit`, {
        type: 'application/strategic-merge-patch+json',
        body: patch,
      }),
    scale: (wanted, replicas) =>
      change('PATCH', `${pathOf(wanted)}/scale?fieldManager=kubectl`, {
        type: 'application/merge-patch+json',
        body: { spec: { replicas } },
      }),
    remove: (wanted) =>
      change('DELETE', pathOf(wanted), { type: 'application/json', body: { propagationPolicy: 'Background' } }),
    close: send.close,
  };
}

function pathOf({ kind, metadata }: Wanted): string {
  return `${folderOf(kind, metadata.namespace ?? '')}/${metadata.name}`;
}

function folderOf(kind: string, namespace: string): string {
  const known = resources[kind];
  if (known === undefined) throw new Error(`the demo's checks do not know the kind ${kind}`);
  const { apiVersion, resource } = known;
  const group = groupOf(apiVersion);
  const root = group === '' ? '/api/v1' : `/apis/${group}/${versionOf(apiVersion)}`;
  return `${root}/namespaces/${namespace}/${resource}`;
}

type Sent = { readonly type: string; readonly body: Json };
/** Undefined: not found. Any other failure is an error with what the API server said. */
type Connection = ((method: string, path: string, sent?: Sent) => Promise<Json | undefined>) & {
  readonly close: () => void;
};

async function openConnection(kubeconfig: string): Promise<Connection> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const options = {};
  await config.applyToHTTPSOptions(options);
  const agent = new Agent({ ...options, keepAlive: true, maxSockets: 8 });
  const server = config.getCurrentCluster()?.server ?? '';
  const send = async (method: string, path: string, sent?: Sent): Promise<Json | undefined> => {
    const body = sent === undefined ? '' : JSON.stringify(sent.body);
    // Said explicitly: Node sends no length with the body of a DELETE.
    const headers = sent === undefined ? {} : { 'content-type': sent.type, 'content-length': Buffer.byteLength(body) };
    const call = request(`${server}${path}`, { agent, method, headers });
    call.end(body);
    const [response] = await once(call, 'response');
    const answer = await text(response);
    if (response.statusCode === 404) return undefined;
    if (response.statusCode >= 300) throw new Error(`${method} ${path} gave ${response.statusCode}: ${answer}`);
    return JSON.parse(answer) as Json;
  };
  return Object.assign(send, { close: () => agent.destroy() });
}

import { readFileSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';
import { Agent } from 'undici';
import type { BenchObject } from './objects.ts';

const plurals: Readonly<Record<string, string>> = {
  ConfigMap: 'api/v1/namespaces/NS/configmaps',
  Service: 'api/v1/namespaces/NS/services',
  ServiceAccount: 'api/v1/namespaces/NS/serviceaccounts',
  Deployment: 'apis/apps/v1/namespaces/NS/deployments',
};

/** The API server's own ceiling: nothing but keep-alive PATCHes, `atOnce` under way; gives milliseconds. */
export async function bareLoop(
  kubeconfig: string,
  namespace: string,
  work: { readonly objects: readonly BenchObject[]; readonly atOnce: number },
): Promise<number> {
  const config = new KubeConfig();
  config.loadFromString(readFileSync(kubeconfig, 'utf8'));
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  const decode = (data: string | undefined): string => Buffer.from(data ?? '', 'base64').toString();
  const connect = { ca: decode(cluster?.caData), cert: decode(user?.certData), key: decode(user?.keyData) };
  const agent = new Agent({ connect, connections: work.atOnce });
  const requests = work.objects.map((object) => ({ path: pathOf(object, namespace), body: JSON.stringify(object) }));
  const started = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let request = requests[next]; request !== undefined; request = requests[next]) {
      next += 1;
      const { statusCode, body } = await agent.request({
        origin: cluster?.server ?? '',
        path: `/${request.path}?fieldManager=bare&force=true&fieldValidation=Strict`,
        method: 'PATCH',
        headers: { 'content-type': 'application/apply-patch+yaml' },
        body: request.body,
      });
      await body.arrayBuffer();
      if (statusCode >= 300) throw new Error(`the bare loop got ${statusCode} for ${request.path}`);
    }
  };
  await Promise.all(Array.from({ length: work.atOnce }, worker));
  const ms = performance.now() - started;
  await agent.close();
  return ms;
}

function pathOf(object: BenchObject, namespace: string): string {
  const { name } = object['metadata'] as { readonly name: string };
  return `${plurals[String(object['kind'])]?.replace('NS', namespace)}/${name}`;
}

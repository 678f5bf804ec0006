import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { load } from 'js-yaml';

type Named<Name extends string> = { readonly name: string } & {
  readonly [name in Name]: { readonly [field: string]: string };
};

type Kubeconfig = {
  readonly 'current-context': string;
  readonly contexts: readonly Named<'context'>[];
  readonly clusters: readonly Named<'cluster'>[];
  readonly users: readonly Named<'user'>[];
};

/** The real API server of a kubeconfig's current context, with its certificates inline. */
export type Upstream = {
  readonly origin: string;
  readonly agent: Agent;
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
};

/** Reads where the real API server is and how to be let in. */
export async function openUpstream(path: string): Promise<Upstream> {
  const kubeconfig = load(await readFile(path, 'utf8')) as Kubeconfig;
  const context = kubeconfig.contexts.find(({ name }) => name === kubeconfig['current-context'])?.context;
  const cluster = kubeconfig.clusters.find(({ name }) => name === context?.['cluster'])?.cluster;
  const user = kubeconfig.users.find(({ name }) => name === context?.['user'])?.user;
  const tls = {
    ca: decode(cluster?.['certificate-authority-data']),
    cert: decode(user?.['client-certificate-data']),
    key: decode(user?.['client-key-data']),
  };
  return { origin: cluster?.['server'] ?? '', agent: new Agent({ keepAlive: true, ...tls }), ...tls };
}

function decode(base64: string | undefined): Buffer {
  return Buffer.from(base64 ?? '', 'base64');
}

import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';

/** JSON requests to an API server as the administrator, as they stand: the client library would rename fields of a CRD. */
export type Connection = {
  /** Undefined: there is no such thing. Any other failure is an error with what the API server said. */
  send<T>(method: string, path: string, sent?: Sent): Promise<T | undefined>;
  close(): void;
};

export type Sent = { readonly body?: object; readonly type?: string; readonly accept?: string };

/** Opens a connection to the current context's cluster. */
export async function connect(kubeconfig: string): Promise<Connection> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const options = {};
  await config.applyToHTTPSOptions(options);
  const agent = new Agent({ ...options, keepAlive: true, maxSockets: 8 });
  const server = config.getCurrentCluster()?.server ?? '';
  return {
    close: () => agent.destroy(),
    send: async (method, path, sent = {}) => {
      const call = request(`${server}${path}`, { agent, method, headers: headersOf(sent) });
      call.end(bodyOf(sent));
      const [response] = await once(call, 'response');
      const answer = await text(response);
      if (response.statusCode === 404) return undefined;
      if (response.statusCode >= 300) throw new Error(`${method} ${path} gave ${response.statusCode}: ${answer}`);
      return JSON.parse(answer);
    },
  };
}

function bodyOf({ body }: Sent): string {
  return body === undefined ? '' : JSON.stringify(body);
}

/** The length is said: Node sends none with the body of a DELETE. */
function headersOf(sent: Sent): Readonly<Record<string, string | number>> {
  const { accept = 'application/json', type = 'application/json' } = sent;
  return { accept, 'content-type': type, 'content-length': Buffer.byteLength(bodyOf(sent)) };
}

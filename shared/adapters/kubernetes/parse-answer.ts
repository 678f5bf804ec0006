import { ClusterError } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Server } from './failures.ts';

/** The JSON object of a successful answer; anything else did not come from an API server. */
export function parseAnswer({ name, server }: Server, subject: string, body: string): JsonObject {
  const value = tryParse(body);
  if (isJsonObject(value)) return value;
  throw new ClusterError(
    'cluster-unreachable',
    `${subject}: cluster "${name}" (${server}) did not answer with a JSON object`,
    {
      object: subject,
      hint: 'Check the server URL in the kubeconfig: something else than a Kubernetes API server answers there.',
    },
  );
}

function tryParse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

import type { Ports } from '../../ports.ts';
import { type Resolution, type SecretsRequest, withoutSecrets } from './resolution.ts';
import { isConcerned } from './sort-manifests.ts';

/**
 * Fills in the secrets of a render, for the next call to its cluster only. What cannot be resolved stands in the result with its reason;
 * all else goes on. A render without secrets costs nothing: not even what reads templates and opens keys is loaded.
 */
export async function resolveSecrets(
  request: SecretsRequest,
  ports: Pick<Ports, 'secrets' | 'clock' | 'store'>,
): Promise<Resolution> {
  const { manifests } = request;
  if (!manifests.some(isConcerned)) return withoutSecrets(manifests);
  const { resolveFound } = await import('./resolve-found.ts');
  return resolveFound(request, ports);
}

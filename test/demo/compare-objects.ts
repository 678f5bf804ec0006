import { isJsonObject, type Json } from '../../shared/model/json.ts';
import type { Manifest } from '../../shared/model/manifest.ts';

/**
 * Where a live value lacks what is wanted, as dotted paths with both values. What the wanted one does not mention may be there:
 * the API server adds defaults. Lists must be as long as wanted.
 */
export function missingFrom(wanted: Json | undefined, live: Json | undefined, path = ''): readonly string[] {
  if (isJsonObject(wanted) && isJsonObject(live)) {
    return Object.entries(wanted).flatMap(([key, value]) =>
      missingFrom(value, live[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(wanted) && Array.isArray(live) && wanted.length === live.length) {
    return wanted.flatMap((value, index) => missingFrom(value, live[index], `${path}[${index}]`));
  }
  return same(wanted, live) ? [] : [`${path} should be ${show(wanted)} and is ${show(live)}`];
}

/** What a workload's rollout still lacks, in one phrase; undefined when it is done, and for all other kinds. */
export function unfinishedRollout({ kind, metadata, spec, status }: Manifest): string | undefined {
  if (kind !== 'Deployment' && kind !== 'StatefulSet') return undefined;
  const wanted = numberAt(spec, 'replicas');
  if (numberAt(status, 'observedGeneration') !== metadata['generation'])
    return 'its controller has not seen the change yet';
  const counts = {
    total: numberAt(status, 'replicas'),
    updated: numberAt(status, 'updatedReplicas'),
    available: numberAt(status, 'availableReplicas'),
  };
  const odd = Object.entries(counts).filter(([, count]) => count !== wanted);
  return odd.length === 0 ? undefined : odd.map(([name, count]) => `${count} of ${wanted} replicas ${name}`).join(', ');
}

function numberAt(value: Json | undefined, field: string): number {
  const found = isJsonObject(value) ? value[field] : undefined;
  return typeof found === 'number' ? found : 0;
}

/** An empty map or list may be left out by the API server. */
function same(wanted: Json | undefined, live: Json | undefined): boolean {
  if (live === undefined) return wanted === null || (typeof wanted === 'object' && Object.keys(wanted).length === 0);
  return wanted === live;
}

function show(value: Json | undefined): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

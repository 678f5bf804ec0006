import { isJsonObject, type Json, jsonAt } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';

/** The names of the Secrets that a workload's pods mount, or read as environment. Other uses need no restart. */
export function secretsUsedBy(workload: Manifest): ReadonlySet<string> {
  const spec = jsonAt(workload['spec'], 'template', 'spec');
  const containers = ['initContainers', 'containers'].flatMap((list) => listAt(spec, list));
  const names = [...listAt(spec, 'volumes').flatMap(inVolume), ...containers.flatMap(inContainer)];
  return new Set(names.filter((name) => typeof name === 'string'));
}

function inVolume(volume: Json): readonly (Json | undefined)[] {
  const projected = listAt(jsonAt(volume, 'projected'), 'sources').map((source) => jsonAt(source, 'secret', 'name'));
  return [jsonAt(volume, 'secret', 'secretName'), ...projected];
}

function inContainer(container: Json): readonly (Json | undefined)[] {
  return [
    ...listAt(container, 'envFrom').map((source) => jsonAt(source, 'secretRef', 'name')),
    ...listAt(container, 'env').map((variable) => jsonAt(variable, 'valueFrom', 'secretKeyRef', 'name')),
  ];
}

function listAt(value: Json | undefined, field: string): readonly Json[] {
  const list = isJsonObject(value) ? value[field] : undefined;
  return Array.isArray(list) ? list : [];
}

import type { Manifest, StringMap } from '../../model/manifest.ts';

const carried = /^argocd\.argoproj\.io\/(sync-wave|sync-options|hook|hook-delete-policy)$/;

/** When an object is applied is said where it is declared: annotations of the declaring manifest that the object itself has not. */
export function syncAnnotations(declaring: Manifest, object: Manifest): StringMap {
  const own = object.metadata.annotations ?? {};
  const entries = Object.entries(declaring.metadata.annotations ?? {});
  return Object.fromEntries(entries.filter(([key]) => carried.test(key) && own[key] === undefined));
}

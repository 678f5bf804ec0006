import { syncOption } from '../model/application.ts';
import { annotationOf, type Manifest } from '../model/manifest.ts';

/** The value of a sync option for one object: its annotation `sync-options` wins over the application's list. */
export function objectOption(object: Manifest, options: readonly string[], name: string): string | undefined {
  const own = annotationOf(object, 'argocd.argoproj.io/sync-options')?.split(',') ?? [];
  return syncOption(own, name) ?? syncOption(options, name);
}

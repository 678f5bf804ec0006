import { annotationOf, type Manifest } from '../model/manifest.ts';

/** `none`: a normal object. `hook`: run around a sync. `skip`: neither applied nor run, as its author wants. */
export type HookKind = 'none' | 'hook' | 'skip';

const argoHooks: readonly string[] = ['PreSync', 'Sync', 'PostSync', 'SyncFail', 'PreDelete', 'PostDelete'];

/** Helm runs these on demand only, so Argo CD gives them no phase. */
const helmHooksOnDemand: readonly string[] = ['test', 'test-success', 'test-failure', 'pre-rollback', 'post-rollback'];

/**
 * What the hook annotations make of an object. Helm's count only where Argo CD's name no valid hook; `crd-install` is a normal object.
 * A word that nobody knows still makes it a hook, so that it is not applied by a slip of the pen. Source: Argo CD's hook package.
 */
export function hookKind(manifest: Manifest): HookKind {
  const argo = wordsOf(manifest, 'argocd.argoproj.io/hook');
  if (argo.some((word) => argoHooks.includes(word))) return 'hook';
  if (argo.includes('Skip')) return 'skip';
  const helm = wordsOf(manifest, 'helm.sh/hook');
  if (helm.length === 0) return argo.length === 0 ? 'none' : 'hook';
  if (helm.includes('crd-install')) return 'none';
  return helm.every((word) => helmHooksOnDemand.includes(word)) ? 'skip' : 'hook';
}

function wordsOf(manifest: Manifest, annotation: string): readonly string[] {
  const words = annotationOf(manifest, annotation)?.split(',') ?? [];
  return words.map((word) => word.trim()).filter((word) => word !== '');
}

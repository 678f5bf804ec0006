import { assessHealth } from '../../health/assess.ts';
import type { Application } from '../../model/application.ts';
import { annotationOf, type LiveObject } from '../../model/manifest.ts';
import type { Health } from '../../model/status.ts';

/** Judges a live object; undefined for kinds without a rule and where the object asks to be left out. */
export type Assess = (live: LiveObject) => Health | undefined;

/** The judge of an application's objects; the annotation `plumbline.dev/health-compatibility: argocd` restores Argo CD's own rules. */
export function assessorFor({ annotations }: Application): Assess {
  const isArgo = annotations['plumbline.dev/health-compatibility'] === 'argocd';
  const options = isArgo ? { compatibility: 'argocd' as const } : {};
  return (live) =>
    annotationOf(live, 'argocd.argoproj.io/ignore-healthcheck') === 'true' ? undefined : assessHealth(live, options);
}

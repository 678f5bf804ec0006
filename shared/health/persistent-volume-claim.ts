import { annotationOf, type LiveObject } from '../model/manifest.ts';
import type { Health } from '../model/status.ts';
import { textAt } from './read-field.ts';
import { degraded, type HealthOptions, type HealthRule, healthy, progressing, unknown } from './verdict.ts';

/** v1 PersistentVolumeClaim. Source: Argo CD's health_pvc.go; there, a claim that waits for its first consumer blocks its wave. */
export const assessPersistentVolumeClaim: HealthRule = (live, options) => {
  const phase = textAt(live, 'status', 'phase');
  return byPhase[phase]?.(live, options) ?? unknown(`its phase is ${phase || 'not set'}`);
};

const byPhase: { readonly [phase: string]: (live: LiveObject, options: HealthOptions) => Health } = {
  Bound: () => healthy(),
  Lost: () => degraded('its volume is lost'),
  Pending: assessPending,
};

/** Kubernetes names the provisioner on the claim as soon as it asks for a volume, so without that name nothing is under way. */
function assessPending(live: LiveObject, { compatibility }: HealthOptions): Health {
  const provisioner =
    annotationOf(live, 'volume.kubernetes.io/storage-provisioner') ??
    annotationOf(live, 'volume.beta.kubernetes.io/storage-provisioner');
  if (provisioner !== undefined) return progressing(`waiting for ${provisioner} to make its volume`);
  if (textAt(live, 'spec', 'volumeName') !== '')
    return progressing(`waiting for volume ${textAt(live, 'spec', 'volumeName')}`);
  if (compatibility === 'argocd') return progressing('waiting for a volume');
  return healthy('it gets its volume when a Pod uses it, or when a volume that fits is made');
}

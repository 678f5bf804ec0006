import { annotationOf, type LiveObject } from '../model/manifest.ts';
import { groupOf } from '../model/object-ref.ts';
import type { Health } from '../model/status.ts';
import { assessApiService, assessDefinition } from './api-extensions.ts';
import { assessCronJob, assessJob } from './batch.ts';
import { assessCustomResource } from './custom-resource.ts';
import { assessHorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { assessIngress, assessService } from './network.ts';
import { assessPersistentVolumeClaim } from './persistent-volume-claim.ts';
import { assessPod } from './pod.ts';
import { assessPodDisruptionBudget } from './pod-disruption-budget.ts';
import { type HealthOptions, type HealthRule, healthy, progressing } from './verdict.ts';
import { assessWorkflow } from './workflow.ts';
import { assessDaemonSet, assessDeployment, assessReplicaSet, assessStatefulSet } from './workloads.ts';

const rules: ReadonlyMap<string, HealthRule> = new Map([
  ['/Namespace', () => healthy()],
  ['/PersistentVolumeClaim', assessPersistentVolumeClaim],
  ['/Pod', assessPod],
  ['/Service', assessService],
  ['apiextensions.k8s.io/CustomResourceDefinition', assessDefinition],
  ['apiregistration.k8s.io/APIService', assessApiService],
  ['apps/DaemonSet', assessDaemonSet],
  ['apps/Deployment', assessDeployment],
  ['apps/ReplicaSet', assessReplicaSet],
  ['apps/StatefulSet', assessStatefulSet],
  ['argoproj.io/Workflow', assessWorkflow],
  ['autoscaling/HorizontalPodAutoscaler', assessHorizontalPodAutoscaler],
  ['batch/CronJob', assessCronJob],
  ['batch/Job', assessJob],
  ['extensions/Ingress', assessIngress],
  ['networking.k8s.io/Ingress', assessIngress],
  ['policy/PodDisruptionBudget', assessPodDisruptionBudget],
]);

/**
 * How a live object fares; undefined for kinds that have no health.
 * An object that is being deleted is Progressing; then its kind's rule decides, or else its conditions.
 */
export function assessHealth(live: LiveObject, options: HealthOptions = {}): Health | undefined {
  const leaving = assessDeletion(live);
  if (leaving !== undefined) return leaving;
  const rule = rules.get(`${groupOf(live.apiVersion)}/${live.kind}`);
  return rule === undefined ? assessCustomResource(live) : rule(live, options);
}

/** A hook is judged by its outcome even while it is being deleted. */
function assessDeletion(live: LiveObject): Health | undefined {
  const isHook = annotationOf(live, 'argocd.argoproj.io/hook') !== undefined;
  if (live.metadata.deletionTimestamp === undefined || isHook) return undefined;
  const finalizers = Array.isArray(live.metadata['finalizers']) ? live.metadata['finalizers'].join(', ') : '';
  return progressing(finalizers === '' ? 'is being deleted' : `is being deleted; held by finalizer ${finalizers}`);
}

import type { Json } from '../model/json.ts';
import { annotationOf, type LiveObject } from '../model/manifest.ts';
import { type Condition, conditionsOf, explain, toCondition } from './conditions.ts';
import { degraded, type HealthRule, healthy, progressing } from './verdict.ts';

/** Reasons that mean something is wrong, by condition. Source: Argo CD's health_hpa.go. */
const degradedReasons: { readonly [type: string]: readonly string[] } = {
  AbleToScale: ['FailedGetScale', 'FailedUpdateScale'],
  ScalingActive: [
    'FailedGetResourceMetric',
    'FailedGetObjectMetric',
    'FailedGetPodsMetric',
    'FailedGetExternalMetric',
    'FailedComputeMetricsReplicas',
    'InvalidSelector',
  ],
};

const settledTypes: readonly string[] = ['AbleToScale', 'ScalingLimited'];

/** autoscaling HorizontalPodAutoscaler, v1 and v2. Source: Argo CD's health_hpa.go. */
export const assessHorizontalPodAutoscaler: HealthRule = (live) => {
  const conditions = scalerConditions(live);
  const wrong = conditions.find(({ type, reason }) => degradedReasons[type]?.includes(reason));
  if (wrong !== undefined) return degraded(explain(wrong));
  const settled = conditions.some(({ type, status }) => settledTypes.includes(type) && status === 'True');
  return settled ? healthy() : progressing('waiting to autoscale');
};

/** v1 has no conditions of its own and keeps them, as JSON, in an annotation. */
function scalerConditions(live: LiveObject): readonly Condition[] {
  const written = annotationOf(live, 'autoscaling.alpha.kubernetes.io/conditions');
  if (written === undefined) return conditionsOf(live);
  try {
    const parsed = JSON.parse(written) as Json;
    return Array.isArray(parsed) ? parsed.map(toCondition) : [];
  } catch {
    return [];
  }
}

import { conditionsOf, explain } from './conditions.ts';
import { awaitObservation } from './generation.ts';
import { degraded, type HealthRule, healthy, progressing } from './verdict.ts';

/** policy/v1 PodDisruptionBudget: too few Pods to spare is a note, any other failure is not. Source: Argo CD's health.lua of it. */
export const assessPodDisruptionBudget: HealthRule = (live) => {
  const unseen = awaitObservation(live);
  if (unseen !== undefined) return unseen;
  const conditions = conditionsOf(live);
  const failed = conditions.find(({ status, reason }) => status === 'False' && reason !== 'InsufficientPods');
  if (failed !== undefined) return degraded(explain(failed));
  if (conditions.length === 0) return progressing('waiting for its status');
  return healthy(conditions.some(({ status }) => status === 'False') ? 'no Pod may be disrupted now' : '');
};

import { jsonAt } from '../model/json.ts';
import type { LiveObject } from '../model/manifest.ts';
import type { Health } from '../model/status.ts';
import { type Condition, conditionsOf, explain, findCondition } from './conditions.ts';
import { awaitObservation } from './generation.ts';
import { degraded, healthy, progressing } from './verdict.ts';

const wrongWhenTrue: readonly string[] = ['Stalled', 'Failed', 'Degraded'];
const goodWhenTrue: readonly string[] = ['Ready', 'Available', 'Healthy'];

/**
 * Any kind without a rule of its own, by the conventions of Kubernetes: `observedGeneration`, then well-known conditions.
 * Undefined when it says nothing about itself. Source: kstatus of kubernetes-sigs/cli-utils.
 */
export function assessCustomResource(live: LiveObject): Health | undefined {
  const observes = jsonAt(live, 'status', 'observedGeneration') !== undefined;
  const unseen = observes ? awaitObservation(live) : undefined;
  if (unseen !== undefined) return unseen;
  const conditions = conditionsOf(live);
  const wrong = conditions.find(({ type, status }) => wrongWhenTrue.includes(type) && status === 'True');
  if (wrong !== undefined) return degraded(describe(wrong));
  const reconciling = findCondition(conditions, 'Reconciling');
  if (reconciling?.status === 'True') return progressing(describe(reconciling));
  return assessGood(
    conditions.filter(({ type }) => goodWhenTrue.includes(type)),
    live,
  );
}

function assessGood(conditions: readonly Condition[], live: LiveObject): Health | undefined {
  if (conditions.length === 0) return undefined;
  const generation = live.metadata.generation ?? 0;
  const stale = conditions.find(({ observedGeneration }) => observedGeneration > 0 && observedGeneration < generation);
  if (stale !== undefined) return progressing(`waiting for its controller to see generation ${generation}`);
  const missing = conditions.find(({ status }) => status !== 'True');
  return missing === undefined ? healthy() : progressing(`waiting to be ${describe(missing)}`);
}

function describe(condition: Condition): string {
  const why = explain(condition);
  return why === '' ? condition.type : `${condition.type}: ${why}`;
}

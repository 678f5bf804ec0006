import { jsonAt } from '../model/json.ts';
import type { Health } from '../model/status.ts';
import { conditionsOf, explain, findCondition, isTrue } from './conditions.ts';
import { awaitObservation } from './generation.ts';
import { numberAt, textAt } from './read-field.ts';
import { degraded, type HealthRule, healthy, progressing, suspended } from './verdict.ts';

/** apps/v1 Deployment. Source: Argo CD's health_deployment.go. */
export const assessDeployment: HealthRule = (live) => {
  if (jsonAt(live, 'spec', 'paused') === true) return suspended('the rollout is paused');
  const unseen = awaitObservation(live);
  if (unseen !== undefined) return unseen;
  const rollout = findCondition(conditionsOf(live), 'Progressing');
  if (rollout?.reason === 'ProgressDeadlineExceeded')
    return degraded(rollout.message || 'the rollout exceeded its deadline');
  const [updated, replicas, available] = ['updatedReplicas', 'replicas', 'availableReplicas'].map((field) =>
    numberAt(live, 'status', field),
  ) as [number, number, number];
  const wanted = jsonAt(live, 'spec', 'replicas');
  if (typeof wanted === 'number' && updated < wanted) return progressing(`${updated} of ${wanted} replicas updated`);
  if (replicas > updated) return progressing(`${replicas - updated} old ${plural(replicas - updated)} still to end`);
  if (available < updated) return progressing(`${available} of ${updated} updated replicas available`);
  return healthy();
};

/** apps/v1 ReplicaSet. Source: Argo CD's health_replicaset.go. */
export const assessReplicaSet: HealthRule = (live) => {
  const unseen = awaitObservation(live);
  if (unseen !== undefined) return unseen;
  const conditions = conditionsOf(live);
  const failure = findCondition(conditions, 'ReplicaFailure');
  if (failure !== undefined && isTrue(conditions, 'ReplicaFailure')) return degraded(explain(failure));
  return countReplicas(numberAt(live, 'status', 'availableReplicas'), numberAt(live, 'spec', 'replicas'), 'available');
};

/** apps/v1 StatefulSet. Source: Argo CD's health_statefulset.go. */
export const assessStatefulSet: HealthRule = (live) => {
  const unseen = awaitObservation(live);
  if (unseen !== undefined) return unseen;
  if (numberAt(live, 'status', 'observedGeneration') === 0) return progressing('waiting for its controller to see it');
  const replicas = numberAt(live, 'spec', 'replicas');
  const ready = countReplicas(numberAt(live, 'status', 'readyReplicas'), replicas, 'ready');
  if (ready.code !== 'Healthy') return ready;
  const strategy = textAt(live, 'spec', 'updateStrategy', 'type');
  if (strategy === 'OnDelete') return healthy();
  const updated = numberAt(live, 'status', 'updatedReplicas');
  const partition = jsonAt(live, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
  if (strategy === 'RollingUpdate' && typeof partition === 'number') {
    return countReplicas(updated, Math.max(0, replicas - partition), 'updated');
  }
  const isCurrent = textAt(live, 'status', 'updateRevision') === textAt(live, 'status', 'currentRevision');
  return isCurrent ? healthy() : progressing(`${updated} of ${replicas} replicas updated`);
};

/** apps/v1 DaemonSet. Source: Argo CD's health_daemonset.go. */
export const assessDaemonSet: HealthRule = (live) => {
  const unseen = awaitObservation(live);
  if (unseen !== undefined) return unseen;
  if (textAt(live, 'spec', 'updateStrategy', 'type') === 'OnDelete') return healthy();
  const wanted = numberAt(live, 'status', 'desiredNumberScheduled');
  const updated = numberAt(live, 'status', 'updatedNumberScheduled');
  const available = numberAt(live, 'status', 'numberAvailable');
  if (updated < wanted) return progressing(`${updated} of ${wanted} Pods updated`);
  if (available < wanted) return progressing(`${available} of ${wanted} Pods available`);
  return healthy();
};

function countReplicas(count: number, wanted: number, what: 'available' | 'ready' | 'updated'): Health {
  return count < wanted ? progressing(`${count} of ${wanted} replicas ${what}`) : healthy();
}

function plural(count: number): string {
  return count === 1 ? 'replica has' : 'replicas have';
}

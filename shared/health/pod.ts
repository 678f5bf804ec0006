import { type JsonObject, jsonAt } from '../model/json.ts';
import { annotationOf, type LiveObject } from '../model/manifest.ts';
import type { Health } from '../model/status.ts';
import { conditionsOf, isTrue } from './conditions.ts';
import { numberAt, objectsAt, textAt } from './read-field.ts';
import { degraded, type HealthRule, healthy, progressing, unknown } from './verdict.ts';

/** v1 Pod. Source: Argo CD's health_pod.go. */
export const assessPod: HealthRule = (live) => {
  const stuck = runsForever(live) ? stuckContainer(live) : undefined;
  if (stuck !== undefined) return stuck;
  const phase = textAt(live, 'status', 'phase');
  return byPhase[phase]?.(live) ?? unknown(`its phase is ${phase || 'not set'}`);
};

const byPhase: { readonly [phase: string]: (live: LiveObject) => Health } = {
  Pending: (live) => progressing(unscheduled(live) ?? 'its containers are being started'),
  Succeeded: () => healthy(),
  Failed: (live) => degraded(textAt(live, 'status', 'message') || failureOf(live) || 'it failed'),
  Running: assessRunning,
};

function assessRunning(live: LiveObject): Health {
  if (textAt(live, 'spec', 'restartPolicy') !== 'Always') return progressing('it is running, and expected to end');
  if (isTrue(conditionsOf(live), 'Ready')) return healthy();
  const containers = containerStatuses(live);
  const ended = containers.find((status) => jsonAt(status, 'lastState', 'terminated') !== undefined);
  if (ended !== undefined) return degraded(`container ${textAt(ended, 'name')} ended and is not ready again`);
  const ready = containers.filter((status) => status['ready'] === true).length;
  return progressing(`${ready} of ${containers.length} containers ready`);
}

/** Whether its containers are meant to run on; the annotation asks for that of Pods that are no hooks. */
function runsForever(live: LiveObject): boolean {
  const isHook = annotationOf(live, 'argocd.argoproj.io/hook') !== undefined;
  const asked = annotationOf(live, 'argocd.argoproj.io/ignore-restart-policy') === 'true';
  return textAt(live, 'spec', 'restartPolicy') === 'Always' || (asked && !isHook);
}

function stuckContainer(live: LiveObject): Health | undefined {
  for (const status of allStatuses(live)) {
    const reason = textAt(status, 'state', 'waiting', 'reason');
    if (!/^Err|Error$|BackOff$/.test(reason)) continue;
    const message = textAt(status, 'state', 'waiting', 'message');
    return degraded(
      `container ${textAt(status, 'name')}: ${[reason, message].filter((part) => part !== '').join(': ')}`,
    );
  }
  return undefined;
}

/** How the first container that ended badly did so. */
function failureOf(live: LiveObject): string | undefined {
  for (const status of allStatuses(live)) {
    const ended = jsonAt(status, 'state', 'terminated');
    if (ended === undefined) continue;
    const message = textAt(ended, 'message');
    const exitCode = numberAt(ended, 'exitCode');
    if (message !== '') return message;
    if (textAt(ended, 'reason') === 'OOMKilled') return `container ${textAt(status, 'name')} was OOMKilled`;
    if (exitCode !== 0) return `container ${textAt(status, 'name')} failed with exit code ${exitCode}`;
  }
  return undefined;
}

function unscheduled(live: LiveObject): string | undefined {
  const scheduled = conditionsOf(live).find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  return scheduled === undefined ? undefined : `it is not scheduled: ${scheduled.message || scheduled.reason}`;
}

function allStatuses(live: LiveObject): readonly JsonObject[] {
  return [...objectsAt(live, 'status', 'initContainerStatuses'), ...containerStatuses(live)];
}

function containerStatuses(live: LiveObject): readonly JsonObject[] {
  return objectsAt(live, 'status', 'containerStatuses');
}

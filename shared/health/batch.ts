import { jsonAt } from '../model/json.ts';
import type { LiveObject } from '../model/manifest.ts';
import type { Health } from '../model/status.ts';
import { conditionsOf, explain, findCondition } from './conditions.ts';
import { numberAt, objectsAt, textAt } from './read-field.ts';
import { degraded, type HealthRule, healthy, progressing, suspended } from './verdict.ts';

/**
 * batch/v1 Job. Source: Argo CD's health_job.go.
 * There a condition counts whatever its status, and a resumed Job is Healthy before it has run; here a condition has to hold.
 */
export const assessJob: HealthRule = (live, { compatibility }) => {
  const conditions = conditionsOf(live).filter(({ status }) => compatibility === 'argocd' || status === 'True');
  const failed = findCondition(conditions, 'Failed');
  if (failed !== undefined) return degraded(explain(failed) || 'it failed');
  const pause = findCondition(conditions, 'Suspended');
  if (pause?.status === 'True') return suspended(explain(pause) || 'it is suspended');
  if (pause !== undefined || findCondition(conditions, 'Complete') !== undefined) return healthy();
  return progressing(countCompletions(live));
};

/** batch/v1 CronJob. Source: Argo CD's health.lua of CronJob. */
export const assessCronJob: HealthRule = (live) => {
  if (jsonAt(live, 'spec', 'suspend') === true) return suspended('it is suspended');
  const scheduled = textAt(live, 'status', 'lastScheduleTime');
  return scheduled === '' ? healthy('it was not scheduled yet') : assessLastRun(live, scheduled);
};

function assessLastRun(live: LiveObject, scheduled: string): Health {
  const running = objectsAt(live, 'status', 'active').length;
  const succeeded = textAt(live, 'status', 'lastSuccessfulTime');
  if (running > 0) return healthy(`${running} ${running === 1 ? 'Job is' : 'Jobs are'} running`);
  // It cannot be told from a first run that is about to start.
  if (succeeded === '') return healthy('no run has succeeded yet');
  // RFC 3339 in UTC sorts as text.
  return succeeded < scheduled ? degraded(`the run of ${scheduled} did not succeed`) : healthy();
}

function countCompletions(live: LiveObject): string {
  const wanted = numberAt(live, 'spec', 'completions') || 1;
  const counts = { active: 'running', failed: 'failed' } as const;
  const others = Object.entries(counts).flatMap(([field, word]) => {
    const count = numberAt(live, 'status', field);
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return [`${numberAt(live, 'status', 'succeeded')} of ${wanted} completions`, ...others].join(', ');
}

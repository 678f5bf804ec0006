import type { Health } from '../model/status.ts';
import { textAt } from './read-field.ts';
import { degraded, type HealthRule, healthy, progressing, unknown } from './verdict.ts';

const byPhase: { readonly [phase: string]: (message: string) => Health } = {
  '': (message) => progressing(message || 'it has not started'),
  Pending: (message) => progressing(message || 'it is pending'),
  Running: (message) => progressing(message || 'it is running'),
  Succeeded: () => healthy(),
  Failed: (message) => degraded(message || 'it failed'),
  Error: (message) => degraded(message || 'it ended with an error'),
};

/** argoproj.io Workflow. Source: Argo CD's health_argo.go. */
export const assessWorkflow: HealthRule = (live) => {
  const phase = textAt(live, 'status', 'phase');
  return byPhase[phase]?.(textAt(live, 'status', 'message')) ?? unknown(`its phase is ${phase}`);
};

import type { Scenario } from './scenario.ts';
import { firstSync } from './scenarios/first-sync.ts';
import { firstSyncOutrun } from './scenarios/first-sync-outrun.ts';
import { restore } from './scenarios/restore.ts';
import { retention } from './scenarios/retention.ts';
import { rollback } from './scenarios/rollback.ts';
import { rollbackFollowed } from './scenarios/rollback-followed.ts';
import { updateOutrun } from './scenarios/update-outrun.ts';
import { updateWithPrune } from './scenarios/update-with-prune.ts';

export type ScenarioName =
  | 'first-sync'
  | 'first-sync-outrun'
  | 'update-with-prune'
  | 'update-outrun'
  | 'rollback'
  | 'rollback-followed'
  | 'restore'
  | 'retention';

/** All scenarios by the name under which the process that is killed is told of them. */
export const scenarios: { readonly [name in ScenarioName]: Scenario } = {
  'first-sync': firstSync,
  'first-sync-outrun': firstSyncOutrun,
  'update-with-prune': updateWithPrune,
  'update-outrun': updateOutrun,
  rollback,
  'rollback-followed': rollbackFollowed,
  restore,
  retention,
};

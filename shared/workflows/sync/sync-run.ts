import type { Cluster } from '../../cluster-ports.ts';
import { aggregateHealth } from '../../health/aggregate.ts';
import type { Head } from '../../model/head.ts';
import type { RenderedSources } from '../../model/render.ts';
import type { Health } from '../../model/status.ts';
import type { SyncRequest } from '../../model/sync-request.ts';
import type { PlanContext } from '../../plan/plan-wave.ts';
import type { Wave } from '../../plan/waves.ts';
import type { Ports } from '../../ports.ts';
import type { Registry } from '../../state/registry.ts';
import type { Resolution } from '../secrets/resolution.ts';
import type { Assess } from './assessor.ts';
import type { DesiredState } from './desired-state.ts';
import type { HeadSession } from './head-session.ts';

/** What every step of a running sync knows. */
export type SyncRun = {
  readonly request: SyncRequest;
  readonly rendered: RenderedSources;
  /** True: to deploy this is to go on from the pin. */
  readonly endsPin: boolean;
  readonly cluster: Cluster;
  readonly session: HeadSession;
  /** What applications of applications have declared, as it was when the run began. */
  readonly registry: Registry;
  readonly desired: DesiredState;
  readonly secrets: Resolution;
  readonly waves: readonly Wave[];
  readonly context: PlanContext;
  readonly assess: Assess;
  readonly ports: Ports;
};

/** The aggregate over everything owned, from what was last seen. */
export function healthOf(inventory: Head['inventory']): Health {
  return aggregateHealth(
    inventory.flatMap(({ ref, seen }) => (seen === undefined ? [] : [{ ref, health: seen.health }])),
  );
}

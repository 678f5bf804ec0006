import { destinationNamespace } from '../../plan/destination-namespace.ts';
import type { WavePlan } from '../../plan/plan-wave.ts';
import { lookAtNamespace } from './look-at-namespace.ts';
import type { SyncRun } from './sync-run.ts';

/** Makes the destination namespace where the application asks for it, and gives it the metadata that it is to have. */
export async function bringNamespace(
  run: SyncRun,
  plans: readonly WavePlan[],
): Promise<'created' | 'configured' | 'unchanged'> {
  const unready = await lookAtNamespace(run, plans);
  if (unready === undefined) return 'unchanged';
  const { request, cluster, ports } = run;
  const { name, destination } = request.application;
  const applied = await cluster.apply(destinationNamespace(request.application));
  // What a webhook always makes of it differs for ever; an apply that changes nothing leaves the resourceVersion.
  if (applied.metadata.resourceVersion === unready.live?.metadata.resourceVersion) return 'unchanged';
  const done = unready.live === undefined ? 'created' : 'configured';
  ports.reporter.report({
    type: 'notice',
    level: 'info',
    application: name,
    message: `namespace ${destination.namespace} ${done}`,
  });
  return done;
}

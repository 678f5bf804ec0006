import { asksForNamespace, ensureNamespace } from '../apply/ensure-namespace.ts';
import type { WavePlan } from '../plan/plan-wave.ts';
import type { SyncRun } from './sync-run.ts';

/** Makes the destination namespace where the application asks for it; nobody looks while all in it is there and it has no metadata to keep. */
export async function bringNamespace(
  { request, desired, cluster, ports }: SyncRun,
  plans: readonly WavePlan[],
): Promise<'created' | 'configured' | 'unchanged'> {
  const creates = plans.some(({ groups }) => groups.flat().some(({ before }) => before === undefined));
  if (!creates && request.application.syncPolicy.managedNamespaceMetadata === undefined) return 'unchanged';
  const own = desired.targets
    .filter(({ ref }) => ref.kind === 'Namespace' && ref.group === '')
    .map(({ ref }) => ref.name);
  if (!asksForNamespace(request.application, own)) return 'unchanged';
  const done = await ensureNamespace(request.application, cluster);
  if (done === 'unchanged') return done;
  const { name, destination } = request.application;
  ports.reporter.report({
    type: 'notice',
    level: 'info',
    application: name,
    message: `namespace ${destination.namespace} ${done}`,
  });
  return done;
}

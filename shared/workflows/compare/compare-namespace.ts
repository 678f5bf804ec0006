import { attempt } from '../../apply/attempt.ts';
import { messageOf } from '../../errors.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { destinationNamespace } from '../../plan/destination-namespace.ts';
import { difference } from '../../plan/diff/difference.ts';
import type { WavePlan } from '../../plan/plan-wave.ts';
import { lookAtNamespace, namespaceAddress } from '../sync/look-at-namespace.ts';
import type { SyncRun } from '../sync/sync-run.ts';
import type { Comparison, Differing } from './comparison.ts';

/** How the destination namespace stands that the application asks for; it is not among the targets, for nobody owns it. */
export async function compareNamespace(
  run: SyncRun,
  plans: readonly WavePlan[],
): Promise<Pick<Comparison, 'differing' | 'unknown'>> {
  const { ref } = namespaceAddress(run.request.application);
  const compared = await attempt(differingNamespace(run, plans));
  if (!compared.ok) return { differing: [], unknown: [{ ref, message: messageOf(compared.error) }] };
  return { differing: compared.value === undefined ? [] : [compared.value], unknown: [] };
}

async function differingNamespace(run: SyncRun, plans: readonly WavePlan[]): Promise<Differing | undefined> {
  const unready = await lookAtNamespace(run, plans);
  if (unready === undefined) return undefined;
  const { request, cluster } = run;
  const address = namespaceAddress(request.application);
  const live = unready.live && (await cluster.read(address));
  const predicted: LiveObject = await cluster.dryRunApply(destinationNamespace(request.application));
  const fields = difference(live, predicted);
  if (fields.length === 0) return undefined;
  return { target: { ref: address.ref }, predicted, fields, ...(live === undefined ? {} : { live }) };
}

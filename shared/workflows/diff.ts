import type { Application } from '../model/application.ts';
import type { Project } from '../model/project.ts';
import type { ApplicationDiff, ObjectDifference } from '../model/sync-request.ts';
import { objectDifference } from '../plan/diff/object-difference.ts';
import type { Ports } from '../ports.ts';
import { type Comparison, compare } from './compare.ts';
import { prepareSync } from './prepare-sync.ts';

export type DiffRequest = {
  readonly application: Application;
  readonly project: Project;
  /** Takes the place of the first Git source's targetRevision. */
  readonly revision?: string;
  readonly resources?: readonly string[];
};

/** All that a sync would change, as unified YAML diffs; nothing is changed, neither in the cluster nor in the store's heads. */
export async function diffApplication(request: DiffRequest, ports: Ports): Promise<ApplicationDiff> {
  const run = await prepareSync({ ...request, reason: 'manual' }, ports);
  const comparison = await compare(run);
  const now = ports.clock.now().getTime();
  return {
    application: request.application.name,
    rendered: run.rendered,
    differences: [...changes(comparison, now), ...removals(comparison, now)],
    unknown: comparison.unknown.map(({ ref, message }) => ({ ref, message })),
    notices: [...run.rendered.warnings, ...run.desired.notices],
  };
}

function changes({ differing }: Comparison, now: number): readonly ObjectDifference[] {
  return differing.flatMap(
    ({ target, live, predicted }) => objectDifference({ ref: target.ref, live, predicted, now }) ?? [],
  );
}

function removals({ extra }: Comparison, now: number): readonly ObjectDifference[] {
  return extra.map(({ ref, live, message }) => {
    const removal = live && objectDifference({ ref, live, predicted: undefined, now });
    return removal ?? { ref, change: 'prune', text: `# ${message}\n`, fields: [] };
  });
}

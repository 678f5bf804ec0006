import type { Application } from '../../model/application.ts';
import type { Project } from '../../model/project.ts';
import type { ApplicationDiff } from '../../model/sync-request.ts';
import type { Ports } from '../../ports.ts';
import { prepareSync } from '../sync/prepare-sync.ts';
import { compare } from './compare.ts';
import { comparisonDifferences } from './comparison-differences.ts';

export type DiffRequest = {
  readonly application: Application;
  readonly project: Project;
  /** Takes the place of the first Git source's targetRevision. */
  readonly revision?: string;
  readonly resources?: readonly string[];
};

/** All that a sync would change, as unified YAML diffs; nothing is changed, neither in the cluster nor in the store's heads. */
export async function diffApplication(request: DiffRequest, ports: Ports): Promise<ApplicationDiff> {
  const run = await prepareSync({ ...request, reason: 'manual', lookOnly: true }, ports);
  const comparison = await compare(run);
  return {
    application: request.application.name,
    rendered: run.rendered,
    differences: comparisonDifferences(comparison, { now: ports.clock.now().getTime() }),
    unknown: comparison.unknown.map(({ ref, message, hint }) => ({
      ref,
      message,
      ...(hint === undefined ? {} : { hint }),
    })),
    notices: [...run.rendered.warnings, ...run.desired.notices],
  };
}

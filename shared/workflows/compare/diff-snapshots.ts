import type { Application } from '../../model/application.ts';
import type { ClusterFacts } from '../../model/cluster.ts';
import { formatRef, type ObjectRef, refOf } from '../../model/object-ref.ts';
import type { Project } from '../../model/project.ts';
import type { RenderedSources } from '../../model/render.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { ApplicationDiff } from '../../model/sync-request.ts';
import { type ManifestSide, manifestDifferences } from '../../plan/diff/manifest-differences.ts';
import { matchesResource } from '../../plan/resource-selector.ts';
import { serveAll } from '../../plan/serve-all.ts';
import { normaliseTargets } from '../../plan/target.ts';
import type { Ports } from '../../ports.ts';
import { refuseNoMatch } from '../sync/desired-state.ts';
import { openApplication, prepareSync } from '../sync/prepare-sync.ts';
import { renderApplication } from '../sync/render.ts';
import { renderOfSnapshot } from '../sync/snapshot-render.ts';
import { compare } from './compare.ts';
import { comparisonDifferences } from './comparison-differences.ts';

/** An application as it is declared now. */
export type DeclaredNow = { readonly application: Application; readonly project: Project };

export type SnapshotDiffRequest = {
  readonly from: Snapshot;
  readonly to: Snapshot | 'live' | 'git';
  /** Whose Git is rendered; default: as it was declared when the snapshot was taken. */
  readonly declared?: DeclaredNow;
  /** For Git: takes the place of the first Git source's targetRevision. */
  readonly revision?: string;
  readonly resources?: readonly string[];
};

/**
 * How another snapshot, the cluster or Git differs from a snapshot; nothing is changed anywhere.
 * Snapshots are compared by their manifests and with nobody asked, Git by its render, the cluster by its own dry run of the snapshot.
 */
export async function diffSnapshots(request: SnapshotDiffRequest, ports: Ports): Promise<ApplicationDiff> {
  const { to } = request;
  if (to === 'live') return diffToLive(request, ports);
  return to === 'git' ? diffToGit(request, ports) : diffToSnapshot(request, to, ports);
}

async function diffToLive({ from, resources = [] }: SnapshotDiffRequest, ports: Ports): Promise<ApplicationDiff> {
  const { application, project } = from;
  const rendered = await renderOfSnapshot(from, ports.store);
  const opened = await openApplication(from, ports);
  const run = await prepareSync({ application, project, reason: 'manual', resources }, ports, { ...opened, rendered });
  const comparison = await compare(run);
  const sides = { live: 'live', predicted: labelOf(from), isReversed: true };
  return {
    application: application.name,
    between: { from: from.name, to: 'live' },
    rendered,
    differences: comparisonDifferences(comparison, { now: ports.clock.now().getTime(), sides }),
    unknown: comparison.unknown.map(({ ref, message }) => ({ ref, message })),
    notices: run.desired.notices,
  };
}

async function diffToSnapshot(
  { from, resources }: SnapshotDiffRequest,
  to: Snapshot,
  { store, reporter }: Ports,
): Promise<ApplicationDiff> {
  const { name, server, version } = from.cluster;
  const [before, after] = await Promise.all([sideOf(from, store), sideOf(to, store)]);
  const facts = { name, server, version, served: [] };
  const inventory = [...to.inventory, ...from.inventory];
  const between = { from: from.name, to: to.name };
  return compareTexts({ before, after, between, facts, inventory, resources }, reporter);
}

async function diffToGit(request: SnapshotDiffRequest, ports: Ports): Promise<ApplicationDiff> {
  const { from, resources, revision } = request;
  const { application, project } = request.declared ?? from;
  const before = await sideOf(from, ports.store);
  const rendered = await renderApplication(
    { application, project, ...(revision === undefined ? {} : { revision }) },
    ports,
  );
  const facts = await (await ports.clusters.open(application.destination)).facts();
  const after = { label: 'git', application, rendered };
  const between = { from: from.name, to: 'git' };
  return compareTexts({ before, after, between, facts, inventory: from.inventory, resources }, ports.reporter);
}

/** An application as it was or is declared, and what it rendered to. */
type Side = { readonly label: string; readonly application: Application; readonly rendered: RenderedSources };

async function sideOf(snapshot: Snapshot, store: Ports['store']): Promise<Side> {
  const rendered = await renderOfSnapshot(snapshot, store);
  return { label: labelOf(snapshot), application: snapshot.application, rendered };
}

function labelOf({ name }: Snapshot): string {
  return `snapshot/${name}`;
}

type Texts = {
  readonly before: Side;
  readonly after: Side;
  readonly between: NonNullable<ApplicationDiff['between']>;
  /** What is known of the kinds, beside the inventory. */
  readonly facts: ClusterFacts;
  readonly inventory: Snapshot['inventory'];
  readonly resources: readonly string[] | undefined;
};

function compareTexts(texts: Texts, reporter: Ports['reporter']): ApplicationDiff {
  const { before, after, between, resources = [] } = texts;
  const [from, to] = [asApplied(before, texts), asApplied(after, texts)];
  const { application, rendered } = after;
  const refs = [...from.objects, ...to.objects, ...from.unknown, ...to.unknown].map(({ ref }) => ref);
  refuseNoMatch({ application, resources }, refs);
  const isSelected = ({ ref }: { readonly ref: ObjectRef }): boolean =>
    resources.length === 0 || matchesResource(resources, ref);
  const notices = [...new Set([...rendered.warnings, ...from.notices, ...to.notices])];
  for (const message of notices)
    reporter.report({ type: 'notice', level: 'warning', application: application.name, message });
  return {
    application: application.name,
    between,
    rendered,
    differences: manifestDifferences(from, to).filter(isSelected),
    unknown: [...from.unknown, ...to.unknown].filter(isSelected),
    notices,
  };
}

type Applied = ManifestSide & Pick<ApplicationDiff, 'unknown' | 'notices'>;

/** What a sync applies and registers of a render. */
function asApplied({ label, application, rendered }: Side, { facts, inventory }: Texts): Applied {
  const { manifests } = rendered.render;
  const served = serveAll(facts, inventory, manifests);
  const normal = normaliseTargets({ manifests, facts: served, application, hash: () => '' });
  return {
    label,
    objects: [...normal.targets, ...normal.declarations.map((manifest) => ({ ref: refOf(manifest), manifest }))],
    unknown: normal.problems.map(({ ref, message }) => ({ ref, message: `${message} (${label})` })),
    notices: normal.hooks.map(({ ref }) => `${formatRef(ref)} is a hook and was left out: hooks are not run yet`),
  };
}

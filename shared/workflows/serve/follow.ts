import { isFixedVersion } from '../../git/fixed-version.ts';
import type { Source } from '../../model/application.ts';
import type { Head } from '../../model/head.ts';
import { formatRef } from '../../model/object-ref.ts';
import type { Project } from '../../model/project.ts';
import type { DeclaredApplication } from '../../model/registry.ts';
import type { RenderedSources } from '../../model/render.ts';
import type { SyncRequest } from '../../model/sync-request.ts';
import { type AutoSyncDecision, decideAutoSync } from '../../plan/auto-sync.ts';
import { unfinishedPin } from '../../plan/pin.ts';
import type { ObjectStore, Ports } from '../../ports.ts';
import { loadRegistry } from '../../state/registry.ts';
import type { Comparison } from '../compare/comparison.ts';
import { assessStatus } from '../compare/status.ts';
import { type Known, openApplication } from '../sync/prepare-sync.ts';
import { resolveSource } from '../sync/render.ts';
import { reportOutcome } from '../sync/report-outcome.ts';
import { deployedRender, renderOfPin } from '../sync/snapshot-render.ts';
import { syncApplication } from '../sync/sync.ts';
import { wantedRender } from '../sync/wanted-render.ts';

/** What may end a job early, and what asked for it; see SyncRequest. */
export type Signals = {
  readonly signal: AbortSignal;
  readonly superseded: AbortSignal;
  readonly origin?: string;
};

/** An application as it is followed, with the project that rules it. */
export type Followed = { readonly declared: DeclaredApplication; readonly project: Project };

/**
 * What Git says of an application now, as one string: equal strings, nothing new.
 * Undefined when only a render can tell, as with a chart by version range.
 */
export async function fingerprintOf({ declared, project }: Followed, ports: Ports): Promise<string | undefined> {
  const { application } = declared;
  const parts = await Promise.all(application.sources.map((source) => fingerprintOfSource(source, ports)));
  return parts.includes(undefined) ? undefined : JSON.stringify([application, project, ...parts]);
}

async function fingerprintOfSource(source: Source, ports: Ports): Promise<string | undefined> {
  if (source.chart === undefined) return (await resolveSource(source, ports.git)).sha;
  return isFixedVersion(source.targetRevision) ? source.targetRevision : undefined;
}

/** Brings an application to what Git says, as far as its policy and a pin let it; gives the head afterwards. */
export async function followGit(
  { declared, project }: Followed,
  ports: Ports,
  signals: Signals,
): Promise<Head | undefined> {
  const { application } = declared;
  const opened = await openApplication({ application, project }, ports);
  const wanted = await wantedRender({ application, project }, opened.session.head, ports);
  const decision = decideAutoSync({
    application,
    head: withoutEndedLease(opened.session.head, ports),
    renderDigest: wanted.rendered.render.digest,
    drift: undefined,
    now: ports.clock.now().getTime(),
  });
  if (await hasLeft(declared, ports)) return undefined;
  const known = { ...opened, ...wanted };
  if (!decision.sync) return (await assessStatus({ application, project }, ports, known)).head;
  return syncAndReport(
    { application, project, reason: decision.reason, ...signals, ...parentOf(declared) },
    ports,
    known,
  );
}

/** Repairs what moved in the cluster when the policy says so, from the stored render: Git need not be there. */
export async function followCluster(followed: Followed, ports: Ports, signals: Signals): Promise<Head | undefined> {
  const found = await assessDrift(followed, ports);
  if (found === undefined) return undefined;
  const { known, head, differing, decision } = found;
  if (!decision.sync) return head;
  const { declared, project } = followed;
  const { application } = declared;
  for (const { target, live } of differing)
    ports.reporter.report({
      type: 'notice',
      level: 'warning',
      application: application.name,
      message: `${formatRef(target.ref)} has drifted: ${live === undefined ? 'it is missing' : 'it was changed in the cluster'}`,
    });
  return syncAndReport(
    { application, project, reason: decision.reason, ...signals, ...parentOf(declared) },
    ports,
    known,
  );
}

/** How an application's cluster stands against what is deployed, and whether that is to be repaired. */
export type Drift = {
  readonly known: Known;
  readonly head: Head;
  readonly differing: Comparison['differing'];
  readonly decision: AutoSyncDecision;
};

/** Compares an application with the stored render, saves what is news, and changes nothing. Undefined: nothing is deployed whole. */
export async function assessDrift({ declared, project }: Followed, ports: Ports): Promise<Drift | undefined> {
  const { application } = declared;
  const opened = await openApplication({ application, project }, ports);
  const rendered = await keptRender(opened.session.head, ports.store);
  if (rendered === undefined) return undefined;
  const known = { ...opened, rendered };
  const { head, comparison } = await assessStatus({ application, project }, ports, known);
  const { differing, extra, unknown } = comparison;
  // What could not be read is no reason to write; the rest of the drift is.
  const drift =
    unknown.length > 0 && differing.length === 0 ? undefined : { changes: differing.length, toPrune: extra.length };
  const decision = decideAutoSync({
    application,
    head: withoutEndedLease(head, ports),
    renderDigest: rendered.render.digest,
    drift,
    now: ports.clock.now().getTime(),
  });
  return { known, head, differing, decision };
}

/**
 * What is deployed or, after a rollback that has not arrived, pinned; undefined while another render is half there: whether to go on
 * or back is decided when Git is looked at.
 */
export async function keptRender(head: Head, store: ObjectStore): Promise<RenderedSources | undefined> {
  const pin = unfinishedPin(head);
  if (pin !== undefined) return renderOfPin(head.application, pin, store);
  const { deployed, operation } = head;
  const isOnItsWay = operation !== undefined && operation.phase !== 'Succeeded';
  if (isOnItsWay && operation.renderDigest !== deployed?.renderDigest) return undefined;
  return deployedRender(head, store);
}

async function syncAndReport(request: SyncRequest, ports: Ports, known: Known): Promise<Head> {
  const outcome = await syncApplication(request, ports, known);
  reportOutcome(outcome, ports.reporter);
  return outcome.head;
}

/** Who declares it, as a sync asks. */
export function parentOf({ parent }: DeclaredApplication): { readonly parent?: string } {
  return parent === undefined ? {} : { parent };
}

/** True for a child that its parent took back while this job was waiting for its turn. */
async function hasLeft({ application, parent }: DeclaredApplication, { store }: Ports): Promise<boolean> {
  if (parent === undefined) return false;
  const { applications } = await loadRegistry(store);
  return !applications.some((kept) => kept.application.name === application.name);
}

/** The head, without a lease that nobody makes use of any more. */
function withoutEndedLease(head: Head, ports: Ports): Head {
  const holder = head.operation?.lease?.holder;
  if (head.operation === undefined || holder === undefined) return head;
  // This process works on an application once at a time, so what it holds itself was left by a failed run.
  if (holder !== ports.worker.id && !ports.worker.hasEnded(holder)) return head;
  const { lease: _ended, ...operation } = head.operation;
  return { ...head, operation };
}

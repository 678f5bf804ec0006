import { observe } from '../../apply/observe.ts';
import type { Cluster } from '../../cluster-ports.ts';
import { PlumbError } from '../../errors.ts';
import type { Application } from '../../model/application.ts';
import type { Head } from '../../model/head.ts';
import { indexInventory } from '../../model/inventory.ts';
import type { LiveObject } from '../../model/manifest.ts';
import type { Observation } from '../../model/observation.ts';
import type { SyncRequest } from '../../model/sync-request.ts';
import { keptByOther } from '../../plan/secrets/kept-by-other.ts';
import { planWaves } from '../../plan/waves.ts';
import type { Ports } from '../../ports.ts';
import { loadRegistry, type Registry } from '../../state/registry.ts';
import { assessorFor } from './assessor.ts';
import { addressesOf, handedOverIn } from './desired-state.ts';
import { HeadSession } from './head-session.ts';
import { resolvedState } from './resolved-state.ts';
import type { SyncRun } from './sync-run.ts';
import { type Wanted, wantedRender } from './wanted-render.ts';

/** An application's cluster, and its head as it was before anything was read from Git. */
export type Opened = { readonly cluster: Cluster; readonly session: HeadSession };

/** An opened application, and what it shall be. `registry`: as it was read a moment ago, for an application that declares none. */
export type Known = Opened & Wanted & { readonly registry?: Registry };

type Asked = Pick<SyncRequest, 'application' | 'project'>;

/**
 * Opens an application's head before Git is looked at. Whoever syncs a newer commit meanwhile moves the head,
 * and the older one then loses the race instead of being applied after it.
 */
export async function openApplication({ application, project }: Asked, ports: Ports): Promise<Opened> {
  const cluster = await ports.clusters.open(application.destination);
  const { server } = await cluster.facts();
  const fresh = { application: application.name, project: project.name, cluster: cluster.name, server };
  return { cluster, session: await HeadSession.open(ports.store, fresh) };
}

async function openAndRender(request: SyncRequest, ports: Ports): Promise<Known> {
  const opened = await openApplication(request, ports);
  refuseOtherCluster(opened.session);
  return { ...opened, ...(await wantedRender(request, opened.session.head, ports)) };
}

/** Reads head, render and served kinds, and lays out the waves. Nothing is changed anywhere. `known`: see syncApplication. */
export async function prepareSync(request: SyncRequest, ports: Ports, known?: Known): Promise<SyncRun> {
  const { application } = request;
  const opened: Known = known ?? (await openAndRender(request, ports));
  const { cluster, session, rendered, endsPin = false } = opened;
  refuseOtherCluster(session);
  const { inventory, secrets: recorded } = session.head;
  const { desired, secrets } = await resolvedState(request, { rendered, cluster, inventory, recorded }, ports);
  for (const message of [...rendered.warnings, ...desired.notices])
    ports.reporter.report({ type: 'notice', level: 'warning', application: application.name, message });
  const owned = indexInventory(inventory);
  const facts = await cluster.facts();
  const context = {
    application: application.name,
    inventory: owned,
    prune: request.prune ?? application.syncPolicy.automated?.prune ?? false,
    approvePrune: request.approvePrune ?? isDeletionApproved(application, session.head),
    syncOptions: application.syncPolicy.syncOptions,
    projectForbids: desired.projectForbids,
    handedOver: handedOverIn(desired),
    keptByOther: (live: LiveObject) => keptByOther(live, { facts, inventory: owned }),
  };
  const waves = planWaves({ targets: desired.targets, prunable: desired.prunable, application });
  const registry = opened.registry ?? (await loadRegistry(ports.store));
  return {
    request,
    rendered,
    endsPin,
    cluster,
    session,
    registry,
    desired,
    secrets,
    waves,
    context,
    assess: assessorFor(application),
    ports,
  };
}

/** What is owned elsewhere would be taken for gone, and be forgotten. A cluster is the same by its name or by its server. */
function refuseOtherCluster({ head, inventoryOf }: HeadSession): void {
  const { application, cluster, server } = head;
  if (inventoryOf.cluster === cluster || inventoryOf.server === server || head.inventory.length === 0) return;
  const count = head.inventory.length;
  throw new PlumbError(
    'cluster-conflict',
    `${application}: it owns ${count} ${count === 1 ? 'object' : 'objects'} in cluster ${inventoryOf.cluster}, and is to be synced to ${cluster}`,
    {
      object: application,
      hint: `check spec.destination, --context and the current context of the kubeconfig; to move it: plumb restore cluster ${inventoryOf.cluster} --to ${cluster} --apps ${application}`,
    },
  );
}

/** What the cluster has of everything wanted or owned. */
export async function observeAll({ desired, cluster, ports, request }: SyncRun): Promise<Observation> {
  const addresses = addressesOf(desired.targets, desired.prunable, await cluster.facts());
  ports.reporter.report({
    type: 'step',
    application: request.application.name,
    step: 'observe',
    detail: `${addresses.length} ${addresses.length === 1 ? 'object' : 'objects'}`,
  });
  return observe(addresses, cluster);
}

/**
 * True while the Application carries `argocd.argoproj.io/deletion-approved` with a time after its last deployment:
 * an approval is for the next change, not for ever.
 */
function isDeletionApproved({ annotations }: Application, { deployed }: Head): boolean {
  const approvedAt = Date.parse(annotations['argocd.argoproj.io/deletion-approved'] ?? '');
  return !Number.isNaN(approvedAt) && (deployed === undefined || approvedAt >= Date.parse(deployed.at));
}

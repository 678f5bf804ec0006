import type { Cluster } from '../../shared/cluster-ports.ts';
import { ClusterError, PlumbError } from '../../shared/errors.ts';
import { type Application, type Destination, hasSyncOption } from '../../shared/model/application.ts';
import { servedKind } from '../../shared/model/cluster.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import type { Ports } from '../../shared/ports.ts';
import type { Check } from './check-result.ts';

/** The cluster that the kubeconfig's current context means. */
const current: Destination = { name: 'in-cluster', namespace: 'default' };

/** Each destination's cluster, and the rights in each namespace of it; without applications those of the current context. */
export function clusterChecks(applications: readonly Application[], { clusters }: Ports): readonly Check[] {
  const places = applications.length === 0 ? [{ destination: current, mayCreate: false }] : applications.map(placeOf);
  const open = Map.groupBy(places, ({ destination }) => destination.server ?? destination.name ?? '');
  return [...open].flatMap(([name, members]) => {
    const opened = (): Promise<Cluster> => clusters.open(members[0]?.destination ?? current);
    const namespaces = [...new Map(members.map((member) => [member.destination.namespace, member])).values()];
    return [
      clusterCheck(name, opened),
      ...namespaces
        .filter(({ destination }) => destination.namespace !== '')
        .map((place) => rightsCheck({ name, opened, place })),
    ];
  });
}

type Place = { readonly destination: Destination; readonly mayCreate: boolean };

function placeOf({ destination, syncPolicy }: Application): Place {
  return { destination, mayCreate: hasSyncOption(syncPolicy.syncOptions, 'CreateNamespace') };
}

function clusterCheck(name: string, opened: () => Promise<Cluster>): Check {
  return {
    what: `cluster ${name}`,
    run: async () => {
      const { version, server, served } = await (await opened()).facts();
      return `Kubernetes ${version} at ${server}, ${served.length} kinds`;
    },
  };
}

/** Tries what a sync does, by server-side dry run. */
function rightsCheck({ name, opened, place }: { name: string; opened: () => Promise<Cluster>; place: Place }): Check {
  const { namespace } = place.destination;
  return {
    what: `rights in ${name}, namespace ${namespace}`,
    run: async () => {
      const cluster = await opened().catch(() => undefined);
      const facts = await cluster?.facts().catch(() => undefined);
      if (cluster === undefined || facts === undefined) throw notReached(name);
      const kind = servedKind(facts, { group: '', kind: 'ConfigMap' });
      if (kind !== undefined) await cluster.listMetadata({ kind, namespace });
      try {
        await cluster.dryRunApply(probe('ConfigMap', 'plumb-doctor', namespace));
        return 'may list and apply (tried with a ConfigMap)';
      } catch (error) {
        if (!isMissing(error)) throw error;
        return await withoutNamespace(cluster, place);
      }
    },
  };
}

function notReached(name: string): PlumbError {
  return new PlumbError('cluster-unreachable', `not checked: cluster ${name} was not reached`);
}

async function withoutNamespace(cluster: Cluster, { destination, mayCreate }: Place): Promise<string> {
  if (mayCreate) {
    await cluster.dryRunApply(probe('Namespace', destination.namespace));
    return 'the namespace is not there yet and may be created';
  }
  throw new PlumbError('cluster-refused', `there is no namespace ${destination.namespace}`, {
    hint: 'create it, or add CreateNamespace=true to syncPolicy.syncOptions',
  });
}

function probe(kind: string, name: string, namespace?: string): Manifest {
  return { apiVersion: 'v1', kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}

function isMissing(error: unknown): boolean {
  return error instanceof ClusterError && error.status === 404;
}

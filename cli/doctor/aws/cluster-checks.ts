import type { AccessEntryLook } from '../../../shared/adapters/aws/look/access-entry.ts';
import { PlumbError } from '../../../shared/errors.ts';
import type { RegisteredCluster, ScannedCluster } from '../../../shared/model/registered-cluster.ts';
import type { ObjectStore } from '../../../shared/ports.ts';
import { loadScanned } from '../../../shared/state/clusters.ts';
import { type Check, NotChecked } from '../check-result.ts';
import { expectAnswer } from './expect-answer.ts';
import type { SeenFunctions } from './function-checks.ts';
import type { AwsLooks } from './looks.ts';

/** The group of a cluster's users that the rights of an installation are given to. */
const group = 'plumbline';

type Context = {
  readonly store: ObjectStore;
  readonly looks: AwsLooks;
  readonly functions: SeenFunctions;
  /** Of whoever asks. */
  readonly account: string;
};

/** How each registered cluster was found by its last scan, and whether it lets the installation in. */
export function registeredChecks(clusters: readonly RegisteredCluster[], context: Context): readonly Check[] {
  if (clusters.length === 0) return [{ what: 'clusters', run: () => Promise.reject(noneRegistered()) }];
  return clusters.flatMap((cluster) => [
    { what: `cluster ${cluster.id}`, run: () => describeScan(cluster, context) },
    ...(cluster.region === undefined
      ? []
      : [{ what: `access to ${cluster.id}`, run: () => describeAccess(cluster, context) }]),
  ]);
}

function noneRegistered(): PlumbError {
  return new PlumbError('cluster-unknown', 'no cluster is registered', {
    hint: 'add one with addCluster and deploy; it is registered within minutes, or the log of the function relay says why it is not',
  });
}

async function describeScan({ id, zone }: RegisteredCluster, { store }: Context): Promise<string> {
  const scanned = (await loadScanned(store, id))?.scanned;
  if (scanned?.away !== undefined) throw isAway(id, scanned.away);
  if (scanned?.facts === undefined)
    throw new PlumbError('cluster-unreachable', `cluster ${id} was never scanned`, {
      hint: `it is within minutes of the deployment; if not, look at the log of the function scan of zone ${zone}`,
    });
  const { version, served } = scanned.facts;
  return `Kubernetes ${version}, ${served.length} kinds, network ${zone}`;
}

function isAway(id: string, { since, failures, until, message }: NonNullable<ScannedCluster['away']>): PlumbError {
  const tries = failures === 1 ? 'once' : `${failures} times`;
  return new PlumbError('cluster-unreachable', `cluster ${id} has not answered since ${since} (tried ${tries})`, {
    cause: new Error(message),
    hint: `do what the cause says; it is tried again after ${until}`,
  });
}

async function describeAccess(cluster: RegisteredCluster, context: Context): Promise<string> {
  const principal = cluster.role ?? (await roleOf(cluster, context.functions));
  const account = /^arn:[^:]+:eks:[^:]*:(\d+):/.exec(cluster.id)?.[1];
  if (account !== undefined && account !== context.account)
    throw new NotChecked(`credentials of account ${account}, which the cluster is in`);
  const { name, region = '' } = cluster;
  const outcome = await context.looks.accessEntry({ cluster: name, region, principal });
  if (!outcome.ok && outcome.failure.kind === 'absent') throw noEntry(cluster, principal);
  const entry = expectAnswer(outcome, { object: `EKS cluster ${cluster.id}`, resource: cluster.id });
  if (hasNoRights(entry)) throw noRights(cluster, principal);
  const policies = entry.policies.ok ? entry.policies.value : [];
  return [principal, ...entry.groups.map((each) => `group ${each}`), ...policies].join(', ');
}

/** All functions of a network that hold clusters have one role. */
async function roleOf({ zone }: RegisteredCluster, functions: SeenFunctions): Promise<string> {
  const name = zone === 'public' ? 'sync' : `sync-${zone}`;
  const seen = functions.get(name);
  if (seen === undefined) throw new NotChecked(`the function ${name}, which is not part of the installation`);
  return expectAnswer(await seen.look, { object: `Function ${name}`, resource: seen.arn }).role;
}

function hasNoRights({ groups, policies }: AccessEntryLook): boolean {
  return groups.length === 0 && policies.ok && policies.value.length === 0;
}

function noEntry({ id, name, region }: RegisteredCluster, principal: string): PlumbError {
  const where = `--region ${region} --cluster-name ${name} --principal-arn ${principal}`;
  return new PlumbError('cluster-forbidden', `${id} has no access entry for ${principal}, or is not there`, {
    hint: `aws eks create-access-entry ${where} --kubernetes-groups ${group}, and the rights that the output Commands of the stack names`,
  });
}

function noRights({ id, name, region }: RegisteredCluster, principal: string): PlumbError {
  const where = `--region ${region} --cluster-name ${name} --principal-arn ${principal}`;
  return new PlumbError('cluster-forbidden', `${id} lets ${principal} in, and gives it no rights`, {
    hint: `aws eks update-access-entry ${where} --kubernetes-groups ${group}, and apply the output ClusterRole of the stack`,
  });
}

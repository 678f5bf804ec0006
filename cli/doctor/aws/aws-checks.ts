import { PlumbError } from '../../../shared/errors.ts';
import type { Installation } from '../../../shared/model/installation.ts';
import type { RegisteredCluster } from '../../../shared/model/registered-cluster.ts';
import type { Clock, ObjectStore } from '../../../shared/ports.ts';
import { keptClusters, loadClusters } from '../../../shared/state/clusters.ts';
import { loadInstallation } from '../../../shared/state/installation.ts';
import type { Check } from '../check-result.ts';
import { bucketChecks } from './bucket-checks.ts';
import { callerChecks } from './caller-checks.ts';
import { registeredChecks } from './cluster-checks.ts';
import { functionChecks } from './function-checks.ts';
import type { AwsLooks } from './looks.ts';
import { queueChecks } from './queue-checks.ts';
import { webhookChecks } from './webhook-checks.ts';

export type AwsChecking = {
  readonly bucket: string;
  /** As people write it. */
  readonly place: string;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly looks: AwsLooks;
};

/** All that an installation on AWS is made of, looked at with the rights of whoever asks. */
export async function awsChecks(checking: AwsChecking): Promise<readonly Check[]> {
  const { bucket, looks, store } = checking;
  const caller = await looks.caller();
  const found = await tryTo(() => loadInstallation(store));
  const installation = 'value' in found ? found.value : undefined;
  const own = callerChecks(caller, installation);
  // Without credentials nothing else can be asked.
  if (!caller.ok) return own.slice(0, 1);
  const state = [...own, installationCheck(found, checking), ...bucketChecks(bucket, looks)];
  if (installation === undefined) return state;
  return [...state, ...(await partsOf(installation, { ...checking, account: caller.value.account }))];
}

async function partsOf(
  installation: Installation,
  { store, clock, looks, account }: AwsChecking & { readonly account: string },
): Promise<readonly Check[]> {
  const functions = new Map(
    Object.entries(installation.functions).map(([name, arn]) => [name, { arn, look: looks.function(arn) }]),
  );
  const clusters = await tryTo<readonly RegisteredCluster[]>(() => loadClusters(store, keptClusters()));
  return [
    ...queueChecks(installation, looks),
    ...functionChecks(functions, clock),
    ...('value' in clusters
      ? registeredChecks(clusters.value, { store, looks, functions, account })
      : [{ what: 'clusters', run: () => Promise.reject(clusters.error) }]),
    ...webhookChecks(installation, { looks, functions, clock }),
  ];
}

type Tried<Value> = { readonly value: Value } | { readonly error: unknown };

async function tryTo<Value>(read: () => Promise<Value>): Promise<Tried<Value>> {
  try {
    return { value: await read() };
  } catch (error) {
    return { error };
  }
}

function installationCheck(found: Tried<Installation | undefined>, { place }: AwsChecking): Check {
  return {
    what: 'installation',
    run: async () => {
      if ('error' in found) throw found.error;
      if (found.value === undefined) throw notInstalled(place);
      const { id, region, account, control } = found.value;
      return `${place} belongs to ${id} (${region}, account ${account}), which follows ${control}`;
    },
  };
}

function notInstalled(place: string): PlumbError {
  return new PlumbError('store-unusable', `${place} is not the store of an installation`, {
    hint: 'check --store (it is the output Store of the state stack); after the first deployment it takes minutes, or the log of the function relay says why it does not become one',
  });
}

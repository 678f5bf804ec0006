import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { Alarms } from './constructs/alarms.ts';
import { allow } from './constructs/allow.ts';
import { Clock } from './constructs/clock.ts';
import { ClusterAccess } from './constructs/cluster-access.ts';
import { clusterRole, flowSchema, toYaml } from './constructs/cluster-manifests.ts';
import type { ClusterOptions, KubeconfigOptions } from './constructs/cluster-options.ts';
import type { NamedCluster } from './constructs/cluster-spec.ts';
import { allowSecretTexts, allowSend, createFunctionRole } from './constructs/function-role.ts';
import type { Installation } from './constructs/installation.ts';
import type { NamedSecret } from './constructs/named-secret.ts';
import { publicZone, workQueue } from './constructs/names.ts';
import { PlumbFunction } from './constructs/plumb-function.ts';
import { PrivateNetwork, type PrivateVpc } from './constructs/private-network.ts';
import { stateRights } from './constructs/state-rights.ts';
import { allowNetworkInterfaces, SyncRights } from './constructs/sync-rights.ts';
import { WorkQueue } from './constructs/work-queue.ts';
import type { StateExports } from './state-stack.ts';

export type SyncStackProps = StackProps & {
  readonly installation: Installation;
  readonly state: StateExports;
  readonly zone: string;
  /** Absent in the public zone. */
  readonly privateVpc?: PrivateVpc;
};

const workers = { sync: 'Sync', scan: 'Scan', restore: 'Restore' } as const;

type Worker = keyof typeof workers;

const usualInterval = Duration.minutes(3);

/** A sync zone: it holds clusters and secrets, and runs no program and talks to no Git host. */
export class SyncStack extends Stack {
  readonly zone: string;
  readonly functions: { readonly [name in Worker]: PlumbFunction };
  readonly syncQueue: WorkQueue;
  readonly restoreQueue: WorkQueue;
  /** One for its three functions: a cluster lets in one role. */
  readonly role: Role;
  readonly rights: SyncRights;
  readonly #props: SyncStackProps;
  readonly #network: PrivateNetwork | undefined;
  readonly #clock: Clock;
  readonly #alarms: Alarms;

  constructor(scope: Construct, id: string, props: SyncStackProps) {
    const { installation, state, zone, privateVpc, ...stackProps } = props;
    super(scope, id, { description: `Plumbline ${installation.id}: the sync zone ${zone}`, ...stackProps });
    this.#props = props;
    this.zone = zone;
    this.#network = privateVpc === undefined ? undefined : new PrivateNetwork(this, 'Network', privateVpc);
    this.role = this.#createRole();
    this.rights = new SyncRights(this.role, { isPrivate: privateVpc !== undefined });
    this.syncQueue = this.#createQueue('sync');
    this.restoreQueue = this.#createQueue('restore');
    this.functions = {
      sync: this.#createFunction('sync'),
      scan: this.#createFunction('scan'),
      restore: this.#createFunction('restore'),
    };
    this.syncQueue.feed(this.functions.sync);
    this.restoreQueue.feed(this.functions.restore);
    this.#clock = new Clock(this, 'Clock', state);
    this.#alarms = new Alarms(this, 'Alarms', installation);
    if (zone === publicZone) this.#tidy();
    this.#watch();
    this.#print();
  }

  /** Lets the zone hold a cluster, and looks at it at its pace. */
  addCluster(cluster: NamedCluster, options: ClusterOptions): void {
    const { label, id } = cluster;
    new ClusterAccess(this, `Access-${label}`, { cluster, options, role: this.role });
    this.rights.allowCluster(options);
    if (this.#network !== undefined) this.#reach(cluster, { ...options, network: this.#network });
    this.#scanEach(label, id, options.scanInterval ?? usualInterval);
  }

  /** Lets the zone hold a cluster by the kubeconfig that is in a secret. */
  addKubeconfig({ label, id }: NamedCluster, secret: NamedSecret, { scanInterval }: KubeconfigOptions): void {
    allowSecretTexts(this.role, [secret]);
    this.#scanEach(label, id, scanInterval ?? usualInterval);
  }

  #createRole(): Role {
    const { installation, state } = this.#props;
    const description = `Plumbline: holds the clusters of zone ${this.zone}`;
    const role = createFunctionRole(this, 'Role', { description, state, rights: stateRights.sync });
    if (this.#network !== undefined) {
      allowNetworkInterfaces(role);
      return role;
    }
    const own = (['sync', 'restore'] as const).map((work) => workQueue(installation.id, work, this.zone).arn);
    allowSend(role, [...own, workQueue(installation.id, 'render').arn, state.deadLettersArn]);
    allow(role, { actions: ['events:PutEvents'], resources: [state.eventBusArn] });
    return role;
  }

  #createQueue(work: 'sync' | 'restore'): WorkQueue {
    const { installation, state } = this.#props;
    const id = `${workers[work]}Queue`;
    const failed = Queue.fromQueueAttributes(this, `${id}Failed`, { queueArn: state.failedWorkArn, fifo: true });
    const { name: queueName } = workQueue(installation.id, work, this.zone);
    return new WorkQueue(this, id, { worker: work, queueName, failed });
  }

  #createFunction(name: Worker): PlumbFunction {
    return new PlumbFunction(this, workers[name], {
      installation: this.#props.installation,
      name,
      role: this.role,
      environment: this.#environment(),
      // An operation that is not done goes back into the queue; restore hands out syncs and comes back for them.
      goesRound: name !== 'scan',
      ...(this.#network === undefined ? {} : { network: this.#network.network }),
    });
  }

  /** A private zone reaches neither queues nor events: what it has to tell goes to the outbox. */
  #environment(): { readonly [name: string]: string } {
    const { installation, state } = this.#props;
    const own = { PLUMB_BUCKET: state.bucketName, PLUMB_ZONE: this.zone };
    if (this.#network !== undefined) return own;
    return {
      ...own,
      PLUMB_SYNC_QUEUE: workQueue(installation.id, 'sync', this.zone).url,
      PLUMB_RESTORE_QUEUE: workQueue(installation.id, 'restore', this.zone).url,
      PLUMB_RENDER_QUEUE: workQueue(installation.id, 'render').url,
      PLUMB_EVENT_BUS: state.eventBusName,
      PLUMB_DEAD_LETTERS: state.deadLettersUrl,
    };
  }

  #reach(
    cluster: NamedCluster,
    { network, role, privateEndpoint }: ClusterOptions & { network: PrivateNetwork },
  ): void {
    const { label, construct } = cluster;
    if (role !== undefined)
      throw new Error(
        `${label}: from within a VPC no role can be assumed, since nothing but S3 is reached: leave role out`,
      );
    const group = privateEndpoint?.clusterSecurityGroupId ?? construct?.clusterSecurityGroupId;
    if (group === undefined)
      throw new Error(
        `${label}: privateEndpoint.clusterSecurityGroupId is missing: aws eks describe-cluster --query cluster.resourcesVpcConfig.clusterSecurityGroupId`,
      );
    network.reach(`Cluster-${label}`, group);
    if (privateEndpoint?.usesSecrets === true) this.#reachSecrets(network);
  }

  #reachSecrets(network: PrivateNetwork): void {
    const url = network.reachSecrets(this.role);
    for (const one of Object.values(this.functions)) one.addEnvironment('AWS_ENDPOINT_URL_SECRETS_MANAGER', url);
    this.rights.secretsAreReached();
  }

  #scanEach(label: string, cluster: string, every: Duration): void {
    const description = `Looks for drift in ${label}`;
    this.#clock.tick(`Scan-${label}`, { description, every, run: this.functions.scan, input: { cluster } });
    this.#alarms.watchScans(label, cluster, every);
  }

  #tidy(): void {
    const description = 'Removes what nothing refers to any more';
    this.#clock.tick('Tidy', {
      description,
      every: Duration.hours(6),
      run: this.functions.scan,
      input: { tidy: true },
    });
  }

  #watch(): void {
    for (const [name, one] of Object.entries(this.functions)) this.#alarms.watchFunction(name, one);
    // A rollout may take its hour; what waits longer is stuck, or there is too much of it.
    this.#alarms.watchAge('Sync', this.syncQueue, Duration.hours(2));
    this.#alarms.watchAge('Restore', this.restoreQueue, Duration.hours(4));
  }

  #print(): void {
    const look = 'Rights of the group plumbline, to look at and to apply: kubectl apply -f -';
    new CfnOutput(this, 'RoleArn', { value: this.role.roleArn, description: 'Who has to be let into clusters' });
    new CfnOutput(this, 'ClusterRole', { value: toYaml(clusterRole), description: look });
    new CfnOutput(this, 'FlowSchema', { value: toYaml(flowSchema), description: 'To be applied: kubectl apply -f -' });
  }
}

import { CfnOutput, Duration, type IResolvable, Lazy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { Alarms } from './constructs/alarms.ts';
import { allow } from './constructs/allow.ts';
import { Clock } from './constructs/clock.ts';
import type { NamedCluster } from './constructs/cluster-spec.ts';
import { allowSend, createFunctionRole } from './constructs/function-role.ts';
import type { Installation } from './constructs/installation.ts';
import { publicZone, settingsPath, workQueue } from './constructs/names.ts';
import { PlumbFunction } from './constructs/plumb-function.ts';
import { SecretEvents } from './constructs/secret-events.ts';
import { type Registration, Settings } from './constructs/settings.ts';
import { stateRights } from './constructs/state-rights.ts';
import { feedFrom } from './constructs/work-queue.ts';
import type { EdgeStack } from './edge-stack.ts';
import type { RenderStack } from './render-stack.ts';
import type { StateExports, StateStack } from './state-stack.ts';
import type { SyncStack } from './sync-stack.ts';

export type ControlStackProps = StackProps & { readonly installation: Installation; readonly state: StateExports };

/** The stacks beside it. */
type Others = {
  readonly state: StateStack;
  readonly render: RenderStack;
  readonly edge: EdgeStack;
  readonly zones: () => readonly SyncStack[];
};

/** The control zone: the operator's settings, and the relay between zones. It talks to no Git host and no cluster. */
export class ControlStack extends Stack {
  readonly relay: PlumbFunction;
  readonly settings: Settings;
  readonly #props: ControlStackProps;
  readonly #role: Role;
  readonly #syncQueues: Record<string, string> = {};
  readonly #restoreQueues: Record<string, string> = {};

  constructor(scope: Construct, id: string, props: ControlStackProps) {
    const { installation, state, ...stackProps } = props;
    super(scope, id, { description: `Plumbline ${installation.id}: settings and relay`, ...stackProps });
    this.#props = props;
    this.settings = new Settings(this, 'Settings', { installation: installation.id });
    this.#role = this.#createRole(state);
    this.relay = new PlumbFunction(this, 'Relay', {
      installation,
      name: 'relay',
      role: this.#role,
      goesRound: true,
      environment: {
        PLUMB_BUCKET: state.bucketName,
        PLUMB_SETTINGS: this.settings.path,
        PLUMB_RENDER_QUEUE: workQueue(installation.id, 'render').url,
        PLUMB_SYNC_QUEUES: Lazy.string({ produce: () => this.toJsonString(this.#syncQueues) }),
        PLUMB_RESTORE_QUEUES: Lazy.string({ produce: () => this.toJsonString(this.#restoreQueues) }),
        PLUMB_EVENT_BUS: state.eventBusName,
        PLUMB_DEAD_LETTERS: state.deadLettersUrl,
      },
    });
    this.#feed(state);
    const alarms = new Alarms(this, 'Alarms', installation);
    alarms.watchFunction('Relay', this.relay);
    alarms.watchChecks(Duration.minutes(30));
    alarms.watchRepairs(30);
    new CfnOutput(this, 'SettingsPath', { value: this.settings.path });
  }

  /** Lets the relay pass work on to a zone. */
  addZone(zone: string): void {
    const [sync, restore] = [
      workQueue(this.#props.installation.id, 'sync', zone),
      workQueue(this.#props.installation.id, 'restore', zone),
    ];
    this.#syncQueues[zone] = sync.url;
    this.#restoreQueues[zone] = restore.url;
    allowSend(this.#role, [sync.arn, restore.arn]);
  }

  /** Registers a cluster, which the relay then looks up for its zone. */
  addCluster(cluster: NamedCluster, registration: Registration): void {
    const { role } = registration;
    this.settings.addCluster(cluster, registration);
    allow(this.#role, { actions: ['eks:DescribeCluster'], resources: [cluster.arn] });
    if (role !== undefined) allow(this.#role, { actions: ['sts:AssumeRole'], resources: [role] });
  }

  /** Writes down what an installation is made of, for the command line and the functions. */
  describe(control: string, { state, render, edge, zones }: Others): void {
    const { installation } = this.#props;
    const byZone = (work: 'sync' | 'restore'): IResolvable =>
      Lazy.any({
        produce: () =>
          Object.fromEntries(zones().map(({ zone }) => [zone, workQueue(installation.id, work, zone).url])),
      });
    this.settings.write('installation', {
      id: installation.id,
      region: this.region,
      account: this.account,
      control,
      renderQueue: workQueue(installation.id, 'render').url,
      syncQueues: byZone('sync'),
      restoreQueues: byZone('restore'),
      eventBus: state.events.bus.eventBusName,
      deadLetters: state.deadLetters.queueUrl,
      webhookUrl: edge.webhookUrl,
      functions: Lazy.any({ produce: () => functionArns({ render, edge, relay: this.relay, zones: zones() }) }),
      tail: state.events.log.logGroupName,
    });
  }

  #createRole(state: StateExports): Role {
    const role = createFunctionRole(this, 'RelayRole', {
      description: 'Passes on what zones tell, and registers clusters',
      state,
      rights: stateRights.control,
    });
    const settings = this.formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: settingsPath(this.#props.installation.id).slice(1),
    });
    allow(role, {
      sid: 'ReadSettings',
      actions: ['ssm:GetParametersByPath'],
      resources: [settings, `${settings}/*`],
      why: 'The settings of this installation: a parameter for each cluster.',
    });
    allowSend(role, [workQueue(this.#props.installation.id, 'render').arn, state.deadLettersArn]);
    allow(role, { sid: 'Announce', actions: ['events:PutEvents'], resources: [state.eventBusArn] });
    return role;
  }

  #feed(state: StateExports): void {
    feedFrom(Queue.fromQueueArn(this, 'Outbox', state.outboxArn), this.relay, 'relay');
    const deadLetters = Queue.fromQueueArn(this, 'DeadLetters', state.deadLettersArn);
    new SecretEvents(this, 'SecretEvents', { relay: this.relay, deadLetters });
    new Clock(this, 'Clock', state).tick('Register', {
      description: 'Registers clusters and settings, at once and then again',
      every: Duration.minutes(5),
      run: this.relay,
      input: { register: true },
    });
  }
}

type Functions = {
  readonly render: RenderStack;
  readonly edge: EdgeStack;
  readonly relay: PlumbFunction;
  readonly zones: readonly SyncStack[];
};

/** All functions by name; those of a private zone with the zone behind it. */
function functionArns({ render, edge, relay, zones }: Functions): { readonly [name: string]: string } {
  const ofZones = zones.flatMap(({ zone, sync, scan, restore }) => {
    const suffix = zone === publicZone ? '' : `-${zone}`;
    return Object.entries({ sync, scan, restore }).map(([name, one]) => [name + suffix, one.functionArn] as const);
  });
  return {
    webhook: edge.webhook.functionArn,
    schedule: render.schedule.functionArn,
    render: render.render.functionArn,
    relay: relay.functionArn,
    ...Object.fromEntries(ofZones),
  };
}

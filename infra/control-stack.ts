import { CfnOutput, Duration, Lazy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { Alarms } from './constructs/alarms.ts';
import { allow } from './constructs/allow.ts';
import { Clock } from './constructs/clock.ts';
import type { NamedCluster } from './constructs/cluster-spec.ts';
import { allowSend, createFunctionRole } from './constructs/function-role.ts';
import type { Installation } from './constructs/installation.ts';
import { publicZone, settingsPath, workQueue } from './constructs/names.ts';
import { PlumbDashboard } from './constructs/plumb-dashboard.ts';
import { PlumbFunction } from './constructs/plumb-function.ts';
import { SecretEvents } from './constructs/secret-events.ts';
import { type Registration, Settings } from './constructs/settings.ts';
import { stateRights } from './constructs/state-rights.ts';
import { feedFrom } from './constructs/work-queue.ts';
import type { EdgeStack } from './edge-stack.ts';
import type { RenderStack } from './render-stack.ts';
import type { StateExports } from './state-stack.ts';
import type { SyncStack } from './sync-stack.ts';

export type ControlStackProps = StackProps & {
  readonly installation: Installation;
  readonly state: StateExports;
  readonly render: RenderStack;
  readonly edge: EdgeStack;
  /** As `plumb --control` takes it. */
  readonly control: string;
};

type Functions = { readonly [name: string]: PlumbFunction };

/** The control zone: the operator's settings, and the relay between zones. It talks to no Git host and no cluster. */
export class ControlStack extends Stack {
  readonly relay: PlumbFunction;
  readonly settings: Settings;
  readonly dashboard: PlumbDashboard;
  readonly #props: ControlStackProps;
  readonly #role: Role;
  readonly #zones: SyncStack[] = [];

  constructor(scope: Construct, id: string, props: ControlStackProps) {
    const { installation, state, render, edge, control: _, ...stackProps } = props;
    super(scope, id, { description: `Plumbline ${installation.id}: settings and relay`, ...stackProps });
    this.#props = props;
    this.settings = new Settings(this, 'Settings', { installation: installation.id });
    this.settings.write('installation', this.#describe());
    this.#role = this.#createRole();
    const deadLetters = Queue.fromQueueArn(this, 'DeadLetters', state.deadLettersArn);
    this.relay = this.#createRelay(deadLetters);
    this.#feed(deadLetters);
    this.dashboard = new PlumbDashboard(this, 'Dashboard', { installation: installation.id });
    this.dashboard.addFunctions('edge and render', { webhook: edge.webhook, ...render.functions });
    this.dashboard.addFunctions('control', { relay: this.relay });
    this.#watch();
    new CfnOutput(this, 'SettingsPath', { value: this.settings.path });
  }

  /** All functions by name; those of a private zone with the zone behind it. */
  get functions(): Functions {
    const { edge, render } = this.#props;
    const ofZones = this.#zones.flatMap(({ zone, functions }) =>
      Object.entries(functions).map(([name, one]) => [zone === publicZone ? name : `${name}-${zone}`, one] as const),
    );
    return { webhook: edge.webhook, ...render.functions, relay: this.relay, ...Object.fromEntries(ofZones) };
  }

  /** Lets the relay pass work on to a zone, and shows it. */
  addZone(stack: SyncStack): void {
    const { zone, functions } = stack;
    this.#zones.push(stack);
    allowSend(this.#role, [this.#queue('sync', zone).arn, this.#queue('restore', zone).arn]);
    this.dashboard.addFunctions(zone, functions);
    this.dashboard.addQueues(zone);
  }

  /** Registers a cluster, which the relay then looks up for its zone. */
  addCluster(cluster: NamedCluster, registration: Registration): void {
    const { role } = registration;
    this.settings.addCluster(cluster, registration);
    allow(this.#role, { actions: ['eks:DescribeCluster'], resources: [cluster.arn] });
    if (role !== undefined) this.#assume(role, cluster, registration);
  }

  /** The relay looks the cluster up, and its zone holds it, with a role whose account has to trust both. */
  #assume(role: string, { label }: NamedCluster, { zone, externalId }: Registration): void {
    allow(this.#role, { actions: ['sts:AssumeRole'], resources: [role] });
    const trusted = [this.#role, ...this.#zones.filter((one) => one.zone === zone).map((one) => one.role)];
    const condition = externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } };
    const statement = {
      Effect: 'Allow',
      Principal: { AWS: trusted.map(({ roleArn }) => roleArn) },
      Action: 'sts:AssumeRole',
      ...condition,
    };
    new CfnOutput(this, `Trust-${label}`, {
      value: this.toJsonString(statement),
      description: `A statement for the trust policy of ${role}`,
    });
  }

  #createRole(): Role {
    const { installation, state } = this.#props;
    const description = 'Plumbline: passes on what zones tell, and registers clusters';
    const role = createFunctionRole(this, 'RelayRole', { description, state, rights: stateRights.control });
    const resourceName = settingsPath(installation.id).slice(1);
    const settings = this.formatArn({ service: 'ssm', resource: 'parameter', resourceName });
    allow(role, {
      actions: ['ssm:GetParametersByPath'],
      resources: [settings, `${settings}/*`],
      why: 'The settings of this installation: a parameter for each cluster.',
    });
    allowSend(role, [this.#queue('render').arn, state.deadLettersArn]);
    allow(role, { actions: ['events:PutEvents'], resources: [state.eventBusArn] });
    return role;
  }

  #createRelay(lostEvents: IQueue): PlumbFunction {
    const { installation, state } = this.#props;
    return new PlumbFunction(this, 'Relay', {
      installation,
      name: 'relay',
      role: this.#role,
      // What it cannot pass on yet goes back into the queue.
      goesRound: true,
      // An event of a secret comes once.
      lostEvents,
      environment: {
        PLUMB_BUCKET: state.bucketName,
        PLUMB_SETTINGS: this.settings.path,
        PLUMB_RENDER_QUEUE: this.#queue('render').url,
        PLUMB_SYNC_QUEUES: Lazy.string({ produce: () => this.toJsonString(this.#urls('sync')) }),
        PLUMB_RESTORE_QUEUES: Lazy.string({ produce: () => this.toJsonString(this.#urls('restore')) }),
        PLUMB_EVENT_BUS: state.eventBusName,
        PLUMB_DEAD_LETTERS: state.deadLettersUrl,
        PLUMB_OUTBOX_QUEUE: state.outboxUrl,
      },
    });
  }

  #feed(deadLetters: IQueue): void {
    const { state } = this.#props;
    feedFrom(Queue.fromQueueArn(this, 'Outbox', state.outboxArn), this.relay, 'relay');
    new SecretEvents(this, 'SecretEvents', { relay: this.relay, deadLetters });
    new Clock(this, 'Clock', state).tick('Register', {
      description: 'Registers clusters and settings, at once and then again',
      every: Duration.minutes(5),
      run: this.relay,
      input: { tick: true },
    });
  }

  #watch(): void {
    const alarms = new Alarms(this, 'Alarms', this.#props.installation);
    alarms.watchFunction('relay', this.relay);
    alarms.watchChecks(Duration.minutes(30));
    alarms.watchRepairs(30);
  }

  /** What an installation is made of, for the command line and the functions. */
  #describe(): { readonly [field: string]: unknown } {
    const { installation, state, edge, control } = this.#props;
    return {
      id: installation.id,
      region: this.region,
      account: this.account,
      control,
      renderQueue: this.#queue('render').url,
      syncQueues: Lazy.any({ produce: () => this.#urls('sync') }),
      restoreQueues: Lazy.any({ produce: () => this.#urls('restore') }),
      eventBus: state.eventBusName,
      deadLetters: state.deadLettersUrl,
      webhookUrl: edge.webhookUrl,
      functions: Lazy.any({ produce: () => arnsOf(this.functions) }),
      tail: state.eventLogName,
    };
  }

  #queue(work: 'render' | 'sync' | 'restore', zone?: string): ReturnType<typeof workQueue> {
    return workQueue(this.#props.installation.id, work, zone);
  }

  #urls(work: 'sync' | 'restore'): { readonly [zone: string]: string } {
    return Object.fromEntries(this.#zones.map(({ zone }) => [zone, this.#queue(work, zone).url]));
  }
}

function arnsOf(functions: Functions): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(functions).map(([name, { functionArn }]) => [name, functionArn]));
}

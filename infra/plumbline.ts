import type { Environment } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { clusterRole, flowSchema, toYaml } from './constructs/cluster-manifests.ts';
import type { ClusterOptions, KubeconfigOptions } from './constructs/cluster-options.ts';
import { type ClusterSpec, type NamedCluster, nameCluster, nameOther } from './constructs/cluster-spec.ts';
import type { Installation } from './constructs/installation.ts';
import { nameSecret } from './constructs/named-secret.ts';
import { checkName, namePrefix, publicZone } from './constructs/names.ts';
import { allowInspecting, allowInspectingCluster, allowOperating, allowReading } from './constructs/people.ts';
import type { PlumbFunction } from './constructs/plumb-function.ts';
import { PrivateZones, privateEndpointOf } from './constructs/private-endpoint.ts';
import type { PrivateVpc } from './constructs/private-network.ts';
import { ControlStack } from './control-stack.ts';
import { EdgeStack } from './edge-stack.ts';
import {
  environmentAround,
  formatControl,
  installationOf,
  type PlumblineProps,
  stateOptionsOf,
} from './plumbline-props.ts';
import { RenderStack } from './render-stack.ts';
import { StateStack } from './state-stack.ts';
import { SyncStack } from './sync-stack.ts';

/** Plumbline in an account: a stack for each zone. Clusters are added to it, and nothing runs in them. */
export class Plumbline extends Construct {
  readonly installation: string;
  readonly state: StateStack;
  readonly edge: EdgeStack;
  readonly render: RenderStack;
  readonly control: ControlStack;
  readonly #settings: Installation;
  readonly #env: Environment;
  readonly #zones = new Map<string, SyncStack>();
  readonly #privateZones = new PrivateZones();
  /** What holds for each zone, also for those to come. */
  readonly #rules: ((zone: SyncStack) => void)[] = [];

  readonly #clusters: NamedCluster[] = [];
  readonly #inspectors: IGrantable[] = [];

  constructor(scope: Construct, id: string, props: PlumblineProps) {
    super(scope, id);
    // So that access logs are let into their bucket by its policy, and not by lists of the old kind.
    this.node.setContext('@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy', true);
    // So that the rights to a hundred clusters fit into a policy.
    this.node.setContext('@aws-cdk/aws-iam:minimizePolicies', true);
    this.#settings = installationOf(this, props);
    this.installation = this.#settings.id;
    this.#env = props.env ?? environmentAround(scope);
    this.state = new StateStack(this, 'state', { ...this.#common('state'), ...stateOptionsOf(props) });
    this.render = this.#createRender(props);
    this.edge = this.#createEdge(props);
    this.control = this.#createControl(props);
    this.render.addStackDependency(this.state);
    this.edge.addStackDependency(this.render);
    this.control.addStackDependency(this.edge);
    this.#addZone(publicZone);
  }

  /** Where Git hosts have to send their deliveries. */
  get webhookUrl(): string {
    return this.edge.webhookUrl;
  }

  /** The sync zones by their names. */
  get zones(): ReadonlyMap<string, SyncStack> {
    return this.#zones;
  }

  /** Where the state is. */
  get bucket(): Bucket {
    return this.state.state.bucket;
  }
  /** What the state is encrypted with. */
  get key(): Key {
    return this.state.state.key;
  }
  /** Where state changes are told. */
  get eventBus(): EventBus {
    return this.state.events.bus;
  }

  get dashboard(): Dashboard {
    return this.control.dashboard;
  }
  /** All functions by name; those of a private zone with the zone behind it. */
  get functions(): { readonly [name: string]: PlumbFunction } {
    return this.control.functions;
  }

  /** All queues: of work, by their zones, and of what was given up. */
  get queues(): { readonly [name: string]: Queue } {
    const ofZones = [...this.#zones.values()].flatMap(({ zone, syncQueue, restoreQueue }) => [
      [`sync-${zone}`, syncQueue],
      [`restore-${zone}`, restoreQueue],
    ]);
    const { deadLetters, failedWork } = this.state;
    return { render: this.render.queue, ...Object.fromEntries(ofZones), deadLetters, failedWork };
  }

  /** Rights in a cluster, to look at, to add to and to apply. */
  readonly clusterRoleManifest: string = toYaml(clusterRole);
  /** A share of a cluster's API server, to apply. */
  readonly flowSchemaManifest: string = toYaml(flowSchema);

  /** Lets Plumbline keep a cluster equal to Git, in the cluster's VPC where its endpoint is private. */
  addCluster(spec: ClusterSpec, options: ClusterOptions = {}): void {
    const cluster = nameCluster(spec, this.state);
    const privateEndpoint = privateEndpointOf(cluster, options);
    const all = privateEndpoint === undefined ? options : { ...options, privateEndpoint };
    const zone = this.#zoneOf(cluster, all);
    zone.addCluster(cluster, all);
    this.control.addCluster(cluster, { ...options, zone: zone.zone });
    this.#clusters.push(cluster);
    for (const grantee of this.#inspectors) allowInspectingCluster(grantee, cluster);
  }

  /** Lets Plumbline keep a cluster that is not EKS equal to Git; its kubeconfig is the text of a secret. */
  addKubeconfig(name: string, secret: ISecret | string, options: KubeconfigOptions = {}): void {
    const zone = this.#addZone(publicZone);
    const cluster = nameOther(checkName('cluster', name), this.state);
    const named = nameSecret(secret);
    zone.addKubeconfig(cluster, named, options);
    this.control.settings.addCluster(cluster, { ...options, zone: zone.zone, kubeconfigSecret: named.arn });
  }

  /** Lets the render zone use a secret for all repositories and charts below a URL. */
  addGitCredentials(urlPrefix: string, secret: ISecret | string): void {
    this.render.addGitCredentials(urlPrefix, secret);
  }

  /** Lets applications have secrets of Secrets Manager: a secret, its ARN, or a pattern of ARNs. */
  allowSecrets(...secrets: readonly (ISecret | string)[]): void {
    const named = secrets.map(nameSecret);
    this.#everywhere((zone) => zone.rights.allowSecrets(named));
  }

  /** Lets applications have parameters of Parameter Store, by their ARNs or a pattern of ARNs. */
  allowParameters(...parameterArns: readonly string[]): void {
    this.#everywhere((zone) => zone.rights.allowParameters(parameterArns));
  }

  /** Lets applications have what is encrypted with keys of KMS, as by SOPS, by the ARNs of the keys. */
  allowKeys(...keyArns: readonly string[]): void {
    this.#everywhere((zone) => zone.rights.allowKeys(keyArns));
  }

  /** Lets secret stores assume roles. */
  allowRoles(...roleArns: readonly string[]): void {
    this.#everywhere((zone) => zone.rights.allowRoles(roleArns));
  }

  /** Lets applications look for secrets and parameters by name or tag; Plumbline then sees the names of all of this account. */
  allowSecretSearch(): void {
    this.#everywhere((zone) => zone.rights.allowSecretSearch());
  }

  /** Lets a person or a program see the state: what `plumb status`, `history` and `tail` need. */
  grantRead(grantee: IGrantable): void {
    allowReading(grantee, this.state);
  }

  /** Lets a person or a program steer as well: what `plumb sync`, `rollback` and `restore` need. */
  grantOperate(grantee: IGrantable): void {
    this.grantRead(grantee);
    allowOperating(grantee, this.installation);
    this.#everywhere(({ zone }) => allowOperating(grantee, this.installation, zone));
  }

  /** Lets a person or a program check the installation and its clusters: what `plumb doctor --aws` needs. */
  grantInspect(grantee: IGrantable): void {
    this.grantRead(grantee);
    const functions = Object.values(this.functions).map(({ functionArn }) => functionArn);
    const queues = Object.values(this.queues).map(({ queueArn }) => queueArn);
    allowInspecting(grantee, this.state, { functions, queues, webhookSecret: this.edge.webhookSecretArn });
    this.#inspectors.push(grantee);
    for (const cluster of this.#clusters) allowInspectingCluster(grantee, cluster);
  }

  #everywhere(rule: (zone: SyncStack) => void): void {
    this.#rules.push(rule);
    for (const zone of this.#zones.values()) rule(zone);
  }

  #zoneOf(cluster: NamedCluster, { privateEndpoint }: ClusterOptions): SyncStack {
    if (privateEndpoint === undefined) return this.#addZone(publicZone);
    return this.#addZone(checkName('zone', this.#privateZones.nameFor(privateEndpoint, cluster)), privateEndpoint);
  }

  /** The zone of that name, made when it is not there yet. */
  #addZone(zone: string, privateVpc?: PrivateVpc): SyncStack {
    const known = this.#zones.get(zone);
    if (known !== undefined) return known;
    const stack = new SyncStack(this, `sync-${zone}`, {
      ...this.#common(`sync-${zone}`),
      state: this.state.exports,
      zone,
      ...(privateVpc === undefined ? {} : { privateVpc }),
    });
    this.#zones.set(zone, stack);
    stack.addStackDependency(this.state);
    // Those who send into its queues come after it.
    this.render.addStackDependency(stack);
    this.render.addZone(zone);
    this.control.addZone(stack);
    for (const rule of this.#rules) rule(stack);
    return stack;
  }

  #createRender({ control, tools }: PlumblineProps): RenderStack {
    return new RenderStack(this, 'render', {
      ...this.#common('render'),
      state: this.state.exports,
      control: formatControl(control),
      ...(tools === undefined ? {} : { tools }),
    });
  }

  #createEdge({ webhookSecret }: PlumblineProps): EdgeStack {
    return new EdgeStack(this, 'edge', {
      ...this.#common('edge'),
      ...(webhookSecret === undefined ? {} : { webhookSecret }),
    });
  }

  #createControl({ control, secretsConfig }: PlumblineProps): ControlStack {
    const stack = new ControlStack(this, 'control', {
      ...this.#common('control'),
      state: this.state.exports,
      render: this.render,
      edge: this.edge,
      control: formatControl(control),
    });
    if (secretsConfig !== undefined) stack.settings.writeText('secrets-config', secretsConfig);
    return stack;
  }

  #common(zone: string): { installation: Installation; stackName: string; env: Environment } {
    return { installation: this.#settings, stackName: `${namePrefix(this.#settings.id)}-${zone}`, env: this.#env };
  }
}

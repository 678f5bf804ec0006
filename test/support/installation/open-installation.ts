import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SSM } from '@aws-sdk/client-ssm';
import { KubeConfig, type KubernetesObject, KubernetesObjectApi } from '@kubernetes/client-node';
import { loadAll } from 'js-yaml';
import { provideTools } from '../../../cli/setup/provide-tools.ts';
import type { Installation as Settings } from '../../../shared/model/installation.ts';
import { type Emulator, startEmulator } from '../aws/start-emulator.ts';
import { eventually } from '../eventually.ts';
import { type GitServer, startGitServer } from '../git-server.ts';
import { type Context, type Outputs, openCdk } from './cdk.ts';
import { clusterArns, createClusters, type InstalledCluster, startCluster } from './cluster.ts';
import { type EventTap, tapEvents } from './events.ts';
import { type Functions, openFunctions } from './functions.ts';
import { openQueues, type Queues } from './queues.ts';
import { openState, type State } from './state.ts';
import { openWebhookWay, type WebhookWay } from './webhook-way.ts';

/** `fast`: rights are not looked at. `iam`: all is over TLS, and each function has just the rights of its role. */
export type Lane = 'fast' | 'iam';

export type InstallationOptions = {
  readonly lane: Lane;
  /** Added to what the app is told. */
  readonly context?: Context;
};

/** Plumbline as a platform team deploys it, on an emulated AWS, with a Git host and a real cluster. */
export type Installation = {
  readonly settings: Settings;
  readonly git: GitServer;
  /** What signs deliveries. */
  readonly webhookSecret: string;
  readonly webhooks: WebhookWay;
  readonly cluster: InstalledCluster;
  /** The cluster, as its administrator sees it. */
  readonly objects: KubernetesObjectApi;
  readonly functions: Functions;
  readonly state: State;
  readonly queues: Queues;
  readonly secrets: SecretsManager;
  readonly emulator: Emulator;
  readonly tap: EventTap;
  /** Until what it gives is called, nobody waits before work is gone on with. */
  hurry(): () => void;
  /** Resolves when no message waits or is worked on. */
  rest(): Promise<void>;
  /** Deploys once more, with that in the app's context besides. */
  deployAgain(context: Context): Promise<void>;
  close(): Promise<void>;
};

const id = 'test';

/** The secrets that applications may read. */
const teamSecrets = 'teams/*';
const secretsConfig = JSON.stringify({
  allow: [{ projects: ['default'], aws: { ownIdentity: true, secrets: [teamSecrets] } }],
});

/** The longest that it may take to open one, on a busy machine. */
export const openMs = 240_000;

/** Deploys an installation; `close` it after the tests. About 20 s. */
export async function openInstallation(options: InstallationOptions): Promise<Installation> {
  const opened = new AsyncDisposableStack();
  try {
    return await open(options, opened);
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function open({ lane, context = {} }: InstallationOptions, opened: AsyncDisposableStack): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'plumb-installation-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const clusters = join(folder, 'clusters.json');
  const isGuarded = lane === 'iam';
  const [emulator, git] = await Promise.all([
    startEmulator({ clusters, iam: isGuarded, tls: isGuarded }),
    startGitServer(),
  ]);
  opened.defer(() => git.stop());
  opened.defer(() => emulator.stop());
  opened.defer(trust(emulator.certificate));
  const { endpoint, region, credentials } = emulator;
  const secrets = new SecretsManager({ endpoint, region, credentials });
  opened.defer(() => secrets.destroy());
  const webhookSecret = randomBytes(16).toString('hex');
  const [cluster, { settings, outputs, deployAgain }] = await Promise.all([
    startCluster({ emulator, file: clusters }).then((started) => {
      opened.defer(started.close);
      return started;
    }),
    deployFirst({ emulator, git, folder, secrets, webhookSecret, context }),
  ]);
  const functions = openFunctions(emulator, settings.functions);
  opened.defer(functions.close);
  const webhooks = await openWebhookWay(settings.webhookUrl, emulator);
  opened.defer(webhooks.close);
  const tap = await tapEvents(emulator, settings.eventBus);
  opened.defer(tap.close);
  git.addWebhook(control, { url: webhooks.url, secret: webhookSecret });
  const state = openState(emulator, outputs['Store']?.replace('s3://', '') ?? '');
  opened.defer(state.close);
  const queues = openQueues(emulator);
  opened.defer(queues.close);
  const objects = objectsOf(cluster);
  await applyPrinted(objects, outputs);
  await register(functions);
  return {
    settings,
    git,
    webhookSecret,
    webhooks,
    cluster,
    objects,
    functions,
    state,
    queues,
    secrets,
    emulator,
    tap,
    hurry: () => {
      const dawdle = queues.hurry(workQueues(settings));
      opened.defer(dawdle);
      return dawdle;
    },
    rest: () => rest(queues, settings),
    deployAgain,
    close: () => opened.disposeAsync(),
  };
}

/** The repository that says what is deployed. */
export const control = 'control';

type First = {
  readonly emulator: Emulator;
  readonly git: GitServer;
  readonly folder: string;
  readonly secrets: SecretsManager;
  readonly webhookSecret: string;
  readonly context: Context;
};

type Deployed = {
  readonly settings: Settings;
  readonly outputs: Outputs;
  readonly deployAgain: Installation['deployAgain'];
};

async function deployFirst({ emulator, git, folder, secrets, webhookSecret, context }: First): Promise<Deployed> {
  const [{ ARN = '' }, tools] = await Promise.all([
    secrets.createSecret({ Name: 'webhook', SecretString: `gitea ${webhookSecret}` }),
    provideTools(),
    createClusters(emulator),
    git.createRepository(control, { 'apps/.keep': '' }),
  ]);
  const secretsConfigFile = join(folder, 'secrets.yaml');
  await writeFile(secretsConfigFile, secretsConfig);
  const told: Context = {
    installation: id,
    control: `${git.url(control)}#main:apps`,
    webhookSecretArn: ARN,
    // Layers are not unpacked where functions look for them.
    tools: JSON.stringify({ helm: tools.helm, kubectl: tools.kubectl ?? tools.kustomize.path }),
    clusters: JSON.stringify(Object.values(clusterArns).map((arn) => ({ arn, accessEntry: 'make' }))),
    secretsConfigFile,
    allowSecrets: JSON.stringify([`arn:aws:secretsmanager:${emulator.region}:000000000000:secret:${teamSecrets}`]),
    ...context,
  };
  const cdk = openCdk(folder, emulator);
  const [assembly] = await Promise.all([cdk.synth(told), cdk.bootstrap()]);
  const outputs = await cdk.deploy(assembly);
  return {
    outputs,
    settings: await loadSettings(emulator),
    deployAgain: async (more) => {
      await cdk.deploy(await cdk.synth({ ...told, ...more }));
    },
  };
}

async function loadSettings({ endpoint, region, credentials }: Emulator): Promise<Settings> {
  const ssm = new SSM({ endpoint, region, credentials });
  const { Parameter = {} } = await ssm.getParameter({ Name: `/plumbline/${id}/installation` });
  ssm.destroy();
  return JSON.parse(Parameter.Value ?? '') as Settings;
}

/** What the app asks the cluster's administrator to apply. */
async function applyPrinted(
  objects: KubernetesObjectApi,
  { ClusterRole = '', FlowSchema = '' }: Outputs,
): Promise<void> {
  for (const manifest of [...loadAll(ClusterRole), ...loadAll(FlowSchema)])
    await objects.create(manifest as KubernetesObject);
}

/** What the clock has done by the time that somebody declares the first application. */
async function register(functions: Functions): Promise<void> {
  const ran = async (name: string, event: object): Promise<void> => {
    const { error } = await functions.invoke(name, event);
    if (error !== undefined) throw new Error(`${name}: ${error}\n${(await functions.logs(name)).join('\n')}`);
  };
  await ran('relay', { register: true });
  await Promise.all(Object.values(clusterArns).map((cluster) => ran('scan', { cluster })));
}

function workQueues({ renderQueue, syncQueues, restoreQueues }: Settings): readonly string[] {
  return [renderQueue, ...Object.values(syncQueues), ...Object.values(restoreQueues)];
}

async function rest(queues: Queues, settings: Settings): Promise<void> {
  const isEmpty = async (): Promise<boolean> =>
    (await Promise.all(workQueues(settings).map(queues.count))).every((count) => count === 0);
  await eventually('nothing waits in a queue', isEmpty);
}

/** Everything of this process that speaks to AWS has to trust the emulator. */
function trust(certificate: string | undefined): () => void {
  if (certificate === undefined) return () => {};
  const before = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...before, certificate]);
  return () => tls.setDefaultCACertificates(before);
}

function objectsOf({ controlPlane }: InstalledCluster): KubernetesObjectApi {
  const config = new KubeConfig();
  config.loadFromFile(controlPlane.kubeconfig);
  return KubernetesObjectApi.makeApiClient(config);
}

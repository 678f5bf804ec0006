import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { bundle } from '../../../infra/constructs/bundling.ts';
import { type FunctionName, functionNames } from '../../../infra/constructs/sizes.ts';
import { S3Store } from '../../../shared/adapters/aws/s3-store.ts';
import { saveRegistered } from '../../../shared/state/clusters.ts';
import { keepMarkKey } from '../../../shared/state/operator.ts';
import { makeBucket } from '../../support/aws/make-bucket.ts';
import { makeFifoQueue } from '../../support/aws/make-fifo-queue.ts';
import { type Emulator, startEmulator } from '../../support/aws/start-emulator.ts';
import type { Bed } from '../bed.ts';
import type { ColdStart, ColdStartTask } from '../cold-start-process.ts';
import { measureProcess } from '../measure-process.ts';
import { atMost, figure, median, type Row } from '../report.ts';

const handlers = join(import.meta.dirname, '../../../functions');
const starts = 5;
const warmCalls = 40;
const clusterId = 'bench';
const webhookSecret = 'a secret of the bench';

/** Each function from an empty process to its first useful line, with its own bundle and the services that it calls. */
export async function coldStarts(bed: Bed): Promise<readonly Row[]> {
  const emulator = await startEmulator();
  try {
    const environment = await prepare(bed, emulator);
    const rows: Row[] = [];
    for (const name of functionNames) rows.push(...(await measure(name, bed, environment)));
    return rows;
  } finally {
    await emulator.stop();
  }
}

type Environment = { readonly [name: string]: string };

async function measure(name: FunctionName, bed: Bed, env: Environment): Promise<readonly Row[]> {
  const folder = join(bed.folder, 'bundles', name);
  bundle(join(handlers, `${name}.ts`), folder);
  const calls = name === 'webhook' ? warmCalls : 1;
  const task: ColdStartTask = { bundle: join(folder, 'index.mjs'), event: eventOf(name), calls };
  const taken: ColdStart[] = [];
  for (let start = 0; start < starts; start += 1) taken.push(await run(task, env));
  return [
    atMost(`${name}: init`, median(taken.map(({ init }) => init)), { limit: 300, unit: 'ms' }),
    atMost(`${name}: to the first useful line`, median(taken.map(({ firstLine }) => firstLine)), {
      limit: 600,
      unit: 'ms',
    }),
    figure(`${name}: memory`, median(taken.map(({ peakMB }) => peakMB)), 'MB'),
    ...(calls === 1
      ? []
      : [
          atMost(`${name}: an answer when warm`, median(taken.flatMap(({ warm }) => warm)), {
            limit: 100,
            unit: 'ms',
          }),
        ]),
  ];
}

async function run(task: ColdStartTask, env: Environment): Promise<ColdStart> {
  const program = join(import.meta.dirname, '../cold-start-process.ts');
  const args = ['--no-warnings', program, JSON.stringify(task)];
  const { output } = await measureProcess({
    path: process.execPath,
    args,
    env: { ...env, NODE_COMPILE_CACHE: undefined },
  });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as ColdStart;
}

/** What functions find: a bucket with the state of an installation, a queue, a secret, and the tools. */
async function prepare(bed: Bed, emulator: Emulator): Promise<Environment> {
  const [bucket, queue] = await Promise.all([makeBucket(emulator), makeFifoQueue(emulator)]);
  Object.assign(process.env, emulator.environment);
  const store = new S3Store({ bucket });
  await keepMarkKey(store, (length) => randomBytes(length));
  await saveRegistered(store, { id: clusterId, name: clusterId, aliases: [], zone: 'public', ...placeOf(bed) });
  await bed.git.createRepository('cold', { 'apps/.keep': '' });
  const secret = await makeSecret(emulator);
  const queues = JSON.stringify({ public: queue });
  return {
    ...emulator.environment,
    POWERTOOLS_METRICS_NAMESPACE: 'Plumbline',
    POWERTOOLS_SERVICE_NAME: 'bench',
    PLUMB_BUCKET: bucket,
    PLUMB_INSTALLATION: 'bench',
    PLUMB_ZONE: 'public',
    PLUMB_CONTROL: `${bed.git.url('cold')}#main:apps`,
    PLUMB_RENDER_QUEUE: queue,
    PLUMB_SYNC_QUEUE: queue,
    PLUMB_RESTORE_QUEUE: queue,
    PLUMB_OUTBOX_QUEUE: queue,
    PLUMB_DEAD_LETTERS: queue,
    PLUMB_SYNC_QUEUES: queues,
    PLUMB_RESTORE_QUEUES: queues,
    PLUMB_EVENT_BUS: 'default',
    PLUMB_SETTINGS: '/plumbline/bench',
    PLUMB_WEBHOOK_SECRET: secret,
    PLUMB_HELM: bed.tools.helm,
    PLUMB_KUSTOMIZE: bed.kubectl,
    PLUMB_CACHE: join(bed.folder, 'cache'),
  };
}

function placeOf(bed: Bed): { server: string; certificateAuthority: string; isPrivate: boolean; region: string } {
  const config = new KubeConfig();
  config.loadFromFile(bed.controlPlane.kubeconfig);
  const { server = '', caData = '' } = config.getCurrentCluster() ?? {};
  return { server, certificateAuthority: caData, isPrivate: false, region: 'us-east-1' };
}

async function makeSecret({ endpoint, region, credentials }: Emulator): Promise<string> {
  const { SecretsManager } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManager({ endpoint, region, credentials });
  const { ARN = '' } = await client.createSecret({ Name: 'webhook', SecretString: `github ${webhookSecret}` });
  client.destroy();
  return ARN;
}

function eventOf(name: FunctionName): unknown {
  switch (name) {
    case 'webhook':
      return delivery();
    case 'schedule':
      return {};
    case 'scan':
      return { cluster: clusterId };
    case 'relay':
      return record({ Records: [{ s3: { object: { key: 'outbox/absent.json' } } }] });
    case 'render':
      return record({ job: { work: 'declare' }, origin: 'bench' });
    case 'sync':
      return record({ job: { work: 'follow', application: 'absent', cause: 'git' }, origin: 'bench' });
    default:
      return record({ job: { work: 'restore', cluster: 'absent' }, origin: 'bench' });
  }
}

function record(body: object): unknown {
  const attributes = { ApproximateReceiveCount: '1', MessageGroupId: 'bench' };
  return { Records: [{ messageId: 'bench', receiptHandle: 'gone', body: JSON.stringify(body), attributes }] };
}

function delivery(): unknown {
  const repository = { clone_url: 'https://git.example/shop.git', html_url: 'https://git.example/shop' };
  const more = { full_name: 'shop', default_branch: 'main', ssh_url: 'git@git.example:shop.git' };
  const [before, after] = ['a'.repeat(40), 'b'.repeat(40)];
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    before,
    after,
    repository: { ...repository, ...more },
    commits: [],
  });
  const signature = createHmac('sha256', webhookSecret).update(body).digest('hex');
  return {
    headers: {
      'x-github-event': 'push',
      'x-github-delivery': 'bench',
      'content-type': 'application/json',
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
    isBase64Encoded: false,
    requestContext: { requestId: 'bench' },
  };
}

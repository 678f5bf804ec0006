import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runPlumb } from '../../../cli/run-plumb.ts';
import { S3Store } from '../../../shared/adapters/aws/s3-store.ts';
import type { Installation } from '../../../shared/model/installation.ts';
import type { JobMessage, SyncJob } from '../../../shared/model/job.ts';
import { saveInstallation } from '../../../shared/state/installation.ts';
import { workOnApplication } from '../../../shared/workflows/jobs/work-on-application.ts';
import { makeBucket } from '../../support/aws/make-bucket.ts';
import { makeFifoQueue } from '../../support/aws/make-fifo-queue.ts';
import { type Emulator, startEmulator } from '../../support/aws/start-emulator.ts';
import { type MemoryBed, memoryConfigMap, openMemoryBed } from '../../support/memory-bed.ts';
import { functionPorts } from '../../unit/cli/installation/a-function.ts';
import { declareIn, pushTo } from '../../unit/cli/installation/installed-store.ts';
import { createTestShell, type TestShell } from '../../unit/cli/test-shell.ts';

let emulator: Emulator;
let folder: string;
let bucket: string;
let store: S3Store;
let queueUrl: string;
let memory: MemoryBed;
const before = { ...process.env };

beforeAll(async () => {
  [emulator, folder] = await Promise.all([startEmulator(), mkdtemp(join(tmpdir(), 'plumb-installed-'))]);
  Object.assign(process.env, emulator.environment);
  [bucket, queueUrl] = await Promise.all([makeBucket(emulator), makeFifoQueue(emulator)]);
  store = new S3Store({ bucket });
  memory = openMemoryBed({}, () => store);
  await saveInstallation(store, installationWith(queueUrl));
  await declareIn(store, [memory.application]);
  await pushTo(store, memory.application, [memoryConfigMap('a', '1')]);
});
afterAll(async () => {
  for (const name of Object.keys(emulator.environment)) delete process.env[name];
  Object.assign(process.env, before);
  await Promise.all([emulator.stop(), rm(folder, { recursive: true })]);
});

function installationWith(url: string): Installation {
  return {
    id: 'prod',
    region: emulator.region,
    account: '000000000000',
    control: 'https://git.example/control.git',
    renderQueue: url,
    syncQueues: { public: url },
    restoreQueues: { public: url },
    eventBus: 'plumbline',
    deadLetters: url,
    webhookUrl: 'http://127.0.0.1:9/webhook',
    functions: {},
  };
}

function start(line: string): { readonly shell: TestShell; readonly ended: Promise<number> } {
  const shell = createTestShell({ folder });
  const words = [...line.split(' '), '--store', `s3://${bucket}`, '--cache', join(folder, 'cache')];
  return { shell, ended: runPlumb(words, shell) };
}

/** As Lambda does: takes one message, has it worked on, and takes it out of the queue. */
async function workOnce(): Promise<JobMessage<SyncJob>> {
  const client = new SQSClient({ useQueueUrlAsEndpoint: false });
  const asked = { QueueUrl: queueUrl, WaitTimeSeconds: 5, MaxNumberOfMessages: 1 };
  const [message] = (await client.send(new ReceiveMessageCommand(asked))).Messages ?? [];
  if (message?.Body === undefined) throw new Error('no message came');
  const job = JSON.parse(message.Body) as JobMessage<SyncJob>;
  const signal = new AbortController().signal;
  await workOnApplication(
    job,
    { signals: { signal, superseded: AbortSignal.timeout(5_000) }, attempt: 1 },
    functionPorts(memory),
  );
  await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }));
  client.destroy();
  return job;
}

describe('plumb with the bucket and the queue of an installation', () => {
  it('asks for a sync, watches it, and tails what happens', async () => {
    const tail = start('tail -o json -v');
    while (!tail.shell.err().includes('watching 0 applications')) await sleep(20);
    const sync = start('sync shop');
    const { origin, job } = await workOnce();
    expect(job).toEqual({ work: 'sync', application: 'shop' });
    expect(await sync.ended).toBe(0);
    expect(sync.shell.out()).toMatch(
      /^configmap\/a created\nshop: Synced, Healthy at 3f2a1bc \(1 created\) in [\d.]+s\n$/,
    );
    while (tail.shell.out().split('\n').length < 3) await sleep(50);
    tail.shell.abort();
    expect(await tail.ended).toBe(0);
    const events = tail.shell
      .out()
      .trim()
      .split('\n')
      .map((each) => JSON.parse(each));
    expect(events).toMatchObject([
      { type: 'plumbline.sync.succeeded', application: 'shop', origin },
      { type: 'plumbline.health', health: 'Healthy' },
    ]);
  });

  it('shows what is known, serves nobody beside it, and does not do what is not asked for', async () => {
    const status = start('status shop -o json');
    expect(await status.ended).toBe(0);
    expect(JSON.parse(status.shell.out())).toMatchObject({ name: 'shop', away: null, problem: null });
    const list = start('list');
    expect(await list.ended).toBe(0);
    expect(list.shell.out()).toMatch(/\nshop +default +model +shop +Synced +Healthy +3f2a1bc/);
    const unpin = start('unpin shop');
    expect(await unpin.ended).toBe(0);
    expect(unpin.shell.err()).toBe('');
    const serve = start('serve');
    expect(await serve.ended).toBe(2);
    expect(serve.shell.err()).toContain('Error: the store is that of installation prod');
    const revision = start('sync shop --revision v2');
    expect(await revision.ended).toBe(2);
    expect(revision.shell.err()).toContain('--revision is not for an installation');
  });

  it('looks at what it is made of, with the rights of whoever asks', async () => {
    const { shell, ended } = start('doctor --aws -o json');
    expect(await ended).toBe(1);
    const results = JSON.parse(shell.out()) as readonly { readonly check: string; readonly ok: boolean }[];
    const passed = results.filter(({ ok }) => ok).map(({ check }) => check);
    expect(passed).toEqual(
      expect.arrayContaining(['caller', 'clock', 'installation', 'queue render', 'queue sync, public', 'dead letters']),
    );
    expect(results.find(({ check }) => check === 'clock')).toMatchObject({ detail: expect.stringMatching(/AWS$/) });
    expect(results.find(({ check }) => check === 'bucket versions')).toMatchObject({ ok: false });
    expect(results.find(({ check }) => check === 'webhook')).toMatchObject({ ok: false });
  });
});

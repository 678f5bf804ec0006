import { beforeEach, describe, expect, it } from '@jest/globals';
import { awsChecks } from '../../../../../cli/doctor/aws/aws-checks.ts';
import type { AwsLooks } from '../../../../../cli/doctor/aws/looks.ts';
import { type CheckResult, formatCheck, runCheck } from '../../../../../cli/doctor/check-result.ts';
import { coloursFor } from '../../../../../cli/output/colours.ts';
import type { Outcome } from '../../../../../shared/adapters/aws/attempt.ts';
import type { AwsFailure } from '../../../../../shared/adapters/aws/aws-failure.ts';
import type { FunctionLook } from '../../../../../shared/adapters/aws/look/function.ts';
import type { Installation } from '../../../../../shared/model/installation.ts';
import type { RegisteredCluster } from '../../../../../shared/model/registered-cluster.ts';
import { saveRegistered, saveScanned } from '../../../../../shared/state/clusters.ts';
import { saveInstallation } from '../../../../../shared/state/installation.ts';
import { keys } from '../../../../../shared/state/keys.ts';
import { MemoryStore } from '../../../../support/model/memory-store.ts';

const account = '123456789012';
const lambda = (name: string): string => `arn:aws:lambda:eu-west-1:${account}:function:${name}`;
const sqs = (name: string): string => `https://sqs.eu-west-1.amazonaws.com/${account}/${name}`;

const installation: Installation = {
  id: 'prod',
  region: 'eu-west-1',
  account,
  control: 'https://git.example/control.git#main:apps',
  renderQueue: sqs('render.fifo'),
  syncQueues: { public: sqs('sync-public.fifo') },
  restoreQueues: { public: sqs('restore-public.fifo') },
  eventBus: 'plumbline',
  deadLetters: sqs('dead'),
  webhookUrl: 'https://hooks.example/webhook',
  functions: { webhook: lambda('webhook'), sync: lambda('sync') },
};

const cluster: RegisteredCluster = {
  id: `arn:aws:eks:eu-west-1:${account}:cluster/prod`,
  name: 'prod',
  region: 'eu-west-1',
  aliases: [],
  zone: 'public',
  server: 'https://prod',
  certificateAuthority: '',
  isPrivate: false,
};

const ok = <Value>(value: Value): Outcome<Value> => ({ ok: true, value });
const failed = (kind: AwsFailure['kind'], action: string): Outcome<never> => ({ ok: false, failure: { kind, action } });

const aFunction = (given: Partial<FunctionLook> = {}): FunctionLook => ({
  updatedAt: '2026-11-26T08:00:00Z',
  runtime: 'nodejs24.x',
  state: 'Active',
  lastUpdate: 'Successful',
  reason: '',
  role: `arn:aws:iam::${account}:role/sync`,
  environment: { PLUMB_WEBHOOK_SECRET: 'arn:the-secret' },
  reserved: ok(undefined),
  ...given,
});

/** All as it should be. */
const well: AwsLooks = {
  caller: async () => ok({ arn: `arn:aws:iam::${account}:user/ada`, account, aheadMs: 0 }),
  bucket: async () => ({
    versioned: ok(true),
    encryption: ok({ algorithm: 'aws:kms', key: 'k' }),
    isPrivate: ok(true),
  }),
  queue: async () => ok({ waiting: 0, taken: 0, deadLetterQueue: `arn:aws:sqs:eu-west-1:${account}:failed.fifo` }),
  function: async () => ok(aFunction()),
  accessEntry: async () => ok({ groups: ['plumbline'], policies: ok(['AmazonEKSClusterAdminPolicy']) }),
  secret: async () => ok({ hasValue: true, changedAt: '2026-11-25T10:00:00Z' }),
  webhook: async () => ({ answered: true, status: 401, body: 'unknown sender\n', ms: 80 }),
};

let store: MemoryStore;
beforeEach(async () => {
  store = new MemoryStore();
  await saveInstallation(store, installation);
  await saveRegistered(store, cluster);
  await saveScanned(store, { id: cluster.id, facts: { version: 'v1.36.3', served: [] } }, undefined);
});

async function check(looks: Partial<AwsLooks> = {}): Promise<readonly CheckResult[]> {
  const clock = { now: () => new Date('2026-11-26T10:00:00Z'), sleep: async () => {} };
  const checking = { bucket: 'state', place: 's3://state', store, clock, looks: { ...well, ...looks } };
  return Promise.all((await awsChecks(checking)).map(runCheck));
}

const find = (results: readonly CheckResult[], name: string): CheckResult | undefined =>
  results.find((result) => result.check === name);

describe('plumb doctor --aws', () => {
  it('finds an installation well', async () => {
    const results = await check();
    const colours = coloursFor({}, false);
    expect(results.map((result) => formatCheck(result, colours)).join('')).toBe(
      [
        `✓ caller: arn:aws:iam::${account}:user/ada, account ${account}`,
        '✓ clock: as that of AWS',
        `✓ installation: s3://state belongs to prod (eu-west-1, account ${account}), which follows https://git.example/control.git#main:apps`,
        '✓ bucket versions: earlier versions of objects are kept',
        '✓ bucket encryption: aws:kms with k',
        '✓ bucket privacy: nothing in it can be made public',
        '✓ queue render: nothing waits',
        '✓ queue sync, public: nothing waits',
        '✓ queue restore, public: nothing waits',
        '✓ dead letters: none',
        '✓ failed work: none',
        '✓ function webhook: updated 2h ago, nodejs24.x',
        '✓ function sync: updated 2h ago, nodejs24.x',
        `✓ cluster ${cluster.id}: Kubernetes v1.36.3, 0 kinds, network public`,
        `✓ access to ${cluster.id}: arn:aws:iam::${account}:role/sync, group plumbline, AmazonEKSClusterAdminPolicy`,
        '✓ webhook: https://hooks.example/webhook refuses what is not signed (401), in 80 ms',
        '✓ webhook secret: arn:the-secret, changed 24h ago',
        '',
      ].join('\n'),
    );
  });

  it('fails nothing that the caller may not look at, and says which right it takes', async () => {
    const no = async (): Promise<Outcome<never>> => failed('denied', 'x:Look');
    const results = await check({
      bucket: async () => ({ versioned: await no(), encryption: await no(), isPrivate: await no() }),
      queue: no,
      function: no,
      accessEntry: no,
      secret: no,
    });
    expect(results.every((result) => result.ok)).toBe(true);
    const unchecked = results.filter(({ checked }) => checked === false);
    expect(unchecked.map(({ detail }) => detail)).toEqual(unchecked.map(() => 'not checked: needs x:Look'));
    expect(unchecked).toHaveLength(12);
    const [first] = unchecked;
    expect(first && formatCheck(first, coloursFor({}, false))).toBe('– bucket versions: not checked: needs x:Look\n');
  });

  it('asks no more of who has no credentials', async () => {
    const results = await check({ caller: async () => failed('unknown-self', 'sts:GetCallerIdentity') });
    expect(results).toMatchObject([
      { check: 'caller', ok: false, hint: expect.stringContaining('Give Plumbline AWS credentials') },
    ]);
  });

  it.each<[string, string, Partial<AwsLooks>, string, string]>([
    [
      'a clock that is wrong',
      'clock',
      { caller: async () => ok({ arn: 'a', account, aheadMs: -400_000 }) },
      'is 6m40s behind that of AWS',
      'NTP',
    ],
    [
      'a bucket without versions',
      'bucket versions',
      { bucket: async () => ({ ...(await well.bucket('')), versioned: ok(false) }) },
      'keeps no earlier versions',
      'put-bucket-versioning --bucket state',
    ],
    [
      'a bucket that could be public',
      'bucket privacy',
      { bucket: async () => ({ ...(await well.bucket('')), isPrivate: ok(false) }) },
      'could be made public',
      'put-public-access-block',
    ],
    [
      'dead letters',
      'dead letters',
      { queue: async (url) => ok({ waiting: url.endsWith('/dead') ? 3 : 0, taken: 0 }) },
      '3 messages were given up',
      `aws sqs receive-message --queue-url ${sqs('dead')} --message-attribute-names All`,
    ],
    [
      'failed work',
      'failed work',
      {
        queue: async (url) =>
          ok({
            waiting: url.endsWith('/failed.fifo') ? 1 : 0,
            taken: 0,
            deadLetterQueue: 'arn:aws:sqs:x:1:failed.fifo',
          }),
      },
      '1 message was given up',
      sqs('failed.fifo'),
    ],
    [
      'a queue that is gone',
      'queue render',
      { queue: async () => failed('absent', 'sqs:GetQueueAttributes') },
      'AWS knows no such thing',
      'Check its name',
    ],
    [
      'a function whose update failed',
      'function sync',
      { function: async () => ok(aFunction({ lastUpdate: 'Failed', reason: 'no code' })) },
      'function sync: its last update failed: no code',
      'deploy again',
    ],
    [
      'a cluster that knows nobody of ours',
      `access to ${cluster.id}`,
      { accessEntry: async () => failed('absent', 'eks:DescribeAccessEntry') },
      'has no access entry for',
      `aws eks create-access-entry --region eu-west-1 --cluster-name prod --principal-arn arn:aws:iam::${account}:role/sync --kubernetes-groups plumbline`,
    ],
    [
      'a cluster that gives no rights',
      `access to ${cluster.id}`,
      { accessEntry: async () => ok({ groups: [], policies: ok([]) }) },
      'gives it no rights',
      'update-access-entry',
    ],
    [
      'a webhook that is slow',
      'webhook',
      { webhook: async () => ({ answered: true, status: 401, body: 'no', ms: 2_400 }) },
      'took 2400 ms',
      'duration of the function webhook',
    ],
    [
      'a webhook that does not answer',
      'webhook',
      { webhook: async () => ({ answered: false, why: 'ENOTFOUND' }) },
      'cannot be reached: ENOTFOUND',
      'edge stack',
    ],
    [
      'a webhook that takes anything',
      'webhook',
      { webhook: async () => ({ answered: true, status: 202, body: '', ms: 1 }) },
      'takes what is not signed (202)',
      'look at the edge stack',
    ],
    [
      'a webhook that is no more',
      'webhook',
      { webhook: async () => ({ answered: true, status: 404, body: '{"message":"Not Found"}', ms: 1 }) },
      'answers 404',
      'deploy again',
    ],
    [
      'a webhook that fails',
      'webhook',
      { webhook: async () => ({ answered: true, status: 500, body: '{"message":"Internal Server Error"}', ms: 1 }) },
      'answers 500',
      "lines like 'github SECRET'",
    ],
    [
      'a webhook secret without a value',
      'webhook secret',
      { secret: async () => ok({ hasValue: false }) },
      'arn:the-secret has no value yet',
      'put-secret-value --secret-id arn:the-secret',
    ],
    [
      'a webhook secret that is being deleted',
      'webhook secret',
      { secret: async () => ok({ hasValue: true, deletedAt: '2026-12-01T00:00:00Z' }) },
      'on its way to deletion',
      'restore-secret',
    ],
  ])('finds %s, and says what to do', async (_, name, looks, detail, hint) => {
    expect(find(await check(looks), name)).toEqual({
      check: name,
      ok: false,
      detail: expect.stringContaining(detail),
      hint: expect.stringContaining(hint),
    });
  });

  it('gives a function that has to start a second chance', async () => {
    const answers = [1_900, 60];
    const webhook: AwsLooks['webhook'] = async () => ({
      answered: true,
      status: 401,
      body: '',
      ms: answers.shift() ?? 0,
    });
    expect(find(await check({ webhook }), 'webhook')).toMatchObject({
      ok: true,
      detail: expect.stringContaining('in 60 ms'),
    });
  });

  it('shows what waits, what is bound, and whose account it is', async () => {
    const results = await check({
      caller: async () => ok({ arn: 'arn', account: '999999999999', aheadMs: 2_000 }),
      queue: async () => ok({ waiting: 1, taken: 2 }),
      function: async () => ok(aFunction({ reserved: ok(20), lastUpdate: 'InProgress' })),
    });
    expect(find(results, 'caller')?.detail).toContain(`the installation is in account ${account}`);
    expect(find(results, 'clock')?.detail).toBe('2.0s off that of AWS');
    expect(find(results, 'queue render')?.detail).toBe('1 waits, 2 are worked on or put off');
    expect(find(results, 'function sync')?.detail).toBe(
      'updated 2h ago, nodejs24.x, at most 20 at once, being updated',
    );
    expect(find(results, `access to ${cluster.id}`)).toMatchObject({ ok: true, checked: false });
    expect(find(results, 'failed work')).toMatchObject({ ok: true, checked: false });
  });

  it('tells since when a cluster is away and why, and which was never scanned', async () => {
    const away = { since: '2026-11-26T09:00:00Z', until: '2026-11-26T10:01:00Z', failures: 4, message: 'no route' };
    await store.delete(keys.clusterFacts(cluster.id));
    expect(find(await check(), `cluster ${cluster.id}`)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('never scanned'),
    });
    await saveScanned(store, { id: cluster.id, away }, undefined);
    expect(find(await check(), `cluster ${cluster.id}`)).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/has not answered since 2026-11-26T09:00:00Z \(tried 4 times\)\ncause: no route/),
    });
  });

  it('says where no cluster is registered, and where the store is that of no installation', async () => {
    await store.delete(keys.registeredCluster(cluster.id));
    expect(find(await check(), 'clusters')).toMatchObject({ ok: false, detail: 'no cluster is registered' });
    await store.delete(keys.installation);
    const results = await check();
    expect(find(results, 'installation')).toMatchObject({ ok: false, hint: expect.stringContaining('output Store') });
    expect(results).toHaveLength(6);
    await store.put(keys.installation, Buffer.from('x'));
    expect(find(await check(), 'installation')).toMatchObject({ detail: expect.stringContaining('cannot be used') });
  });
});

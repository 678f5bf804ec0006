import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { allow } from '../../infra/constructs/allow.ts';
import { type Rights, rightsOf } from './support/rights-of.ts';
import { createApp, synthesise } from './support/synthesise.ts';

const secret = (name: string): string => `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${name}`;

const installation = synthesise({ webhookSecret: secret('webhook-AbCdEf') }, (plumbline) => {
  plumbline.addCluster('arn:aws:eks:eu-central-1:111122223333:cluster/prod');
  plumbline.addCluster('arn:aws:eks:eu-central-1:999999999999:cluster/far', {
    role: 'arn:aws:iam::999999999999:role/far',
  });
  plumbline.addGitCredentials('https://git.example/', secret('git-AbCdEf'));
  plumbline.allowSecrets(secret('teams/*'));
  plumbline.allowParameters('arn:aws:ssm:eu-central-1:111122223333:parameter/teams/*');
});

const stackOf = {
  webhook: 'edge',
  schedule: 'render',
  render: 'render',
  sync: 'sync-public',
  scan: 'sync-public',
  restore: 'sync-public',
  relay: 'control',
} as const;

type Name = keyof typeof stackOf;

const rights = Object.fromEntries(
  Object.entries(stackOf).map(([name, stack]) => [name, rightsOf(installation, stack, name)]),
) as { readonly [name in Name]: Rights };

const state = (...keys: readonly string[]): readonly string[] => keys.map((key) => `state ${key}`);
const log = (...names: readonly string[]): Rights => {
  const logs = names.map((name) => `<${name}Log.Arn>`);
  return { 'logs:CreateLogStream': logs, 'logs:PutLogEvents': logs };
};
const receive = (...queues: readonly string[]): Rights => ({
  'sqs:ChangeMessageVisibility': queues,
  'sqs:DeleteMessage': queues,
  'sqs:GetQueueAttributes': queues,
  'sqs:GetQueueUrl': queues,
  'sqs:ReceiveMessage': queues,
});
const bucket: Rights = { 's3:ListBucket': ['bucket'], 'kms:Decrypt': ['key'], 'kms:GenerateDataKey': ['key'] };

const rendered = state('declared.json.gz', 'refs/*', 'rendered/*', 'renders/*', 'wanted/*');
const renderZone: Rights = {
  ...bucket,
  's3:GetObject': [
    ...rendered,
    ...state('clusters/*', 'garbage/*', 'heads/*', 'installation.json', 'registry/*'),
  ].sort(),
  's3:PutObject': rendered,
  's3:DeleteObject': state('wanted/*'),
  'secretsmanager:GetSecretValue': ['secretsmanager git-AbCdEf'],
};

const synced = state(
  'announced/*',
  'clusters/*/facts.json',
  'garbage/*',
  'heads/*',
  'outbox/*',
  'registry/*',
  'rendered/*',
  'renders/*',
  'restored/*',
  'restores/*',
  'secret-stores/*',
  'snapshots/*',
);
const syncZone: Rights = {
  ...bucket,
  's3:GetObject': [
    ...synced,
    ...state('clusters/*', 'declared.json.gz', 'installation.json', 'operator/*', 'refs/*', 'wanted/*'),
  ].sort(),
  's3:PutObject': synced,
  's3:DeleteObject': synced,
  ...receive('<RestoreQueue.Arn>', '<SyncQueue.Arn>'),
  'sqs:SendMessage': [
    'dead-letters',
    'sqs plumbline-render.fifo',
    'sqs plumbline-restore-public.fifo',
    'sqs plumbline-sync-public.fifo',
  ],
  'events:PutEvents': ['event-bus'],
  'sts:AssumeRole': ['iam role/far'],
  'secretsmanager:GetSecretValue': ['secretsmanager teams/*'],
  'secretsmanager:BatchGetSecretValue': ['*'],
  'ssm:GetParameter': ['ssm parameter/teams/*'],
  'ssm:GetParameters': ['ssm parameter/teams/*'],
  'ssm:GetParametersByPath': ['ssm parameter/teams/*'],
  ...log('Restore', 'Scan', 'Sync'),
};

const table: { readonly [name in Name]: Rights } = {
  webhook: {
    'secretsmanager:GetSecretValue': ['secretsmanager webhook-AbCdEf'],
    'sqs:SendMessage': ['sqs plumbline-render.fifo'],
    ...log('Webhook'),
  },
  schedule: { ...renderZone, 'sqs:SendMessage': ['sqs plumbline-render.fifo'], ...log('Schedule') },
  render: {
    ...renderZone,
    ...receive('<Queue.Arn>'),
    'sqs:SendMessage': ['dead-letters', 'sqs plumbline-render.fifo', 'sqs plumbline-sync-public.fifo'],
    ...log('Render'),
  },
  sync: syncZone,
  scan: syncZone,
  restore: syncZone,
  relay: {
    ...bucket,
    's3:GetObject': state(
      'clusters/*',
      'declared.json.gz',
      'heads/*',
      'installation.json',
      'operator/secrets-config.json',
      'outbox/*',
      'registry/*',
    ),
    's3:PutObject': state(
      'clusters/*/registered.json',
      'installation.json',
      'operator/mark-key.json',
      'operator/secrets-config.json',
    ),
    's3:DeleteObject': state('clusters/*/registered.json', 'operator/secrets-config.json', 'outbox/*'),
    ...receive('outbox'),
    'sqs:SendMessage': [
      'dead-letters',
      'sqs plumbline-render.fifo',
      'sqs plumbline-restore-public.fifo',
      'sqs plumbline-sync-public.fifo',
    ],
    'events:PutEvents': ['event-bus'],
    'eks:DescribeCluster': ['eks cluster/far', 'eks cluster/prod'],
    'sts:AssumeRole': ['iam role/far'],
    'ssm:GetParametersByPath': ['ssm parameter/plumbline/plumbline', 'ssm parameter/plumbline/plumbline/*'],
    ...log('Relay'),
  },
};

test.each(Object.keys(table) as Name[])('%s may do what its zone needs, and nothing else', (name) => {
  expect(rights[name]).toEqual(table[name]);
});

describe('in whatever way the table is changed', () => {
  const may = (name: Name, action: string): readonly string[] => rights[name][action] ?? [];
  const names = Object.keys(stackOf) as Name[];

  test('those who render read no secret but credentials of Git', () => {
    for (const name of ['schedule', 'render'] as const)
      expect(may(name, 'secretsmanager:GetSecretValue')).toEqual(['secretsmanager git-AbCdEf']);
    expect(Object.keys(rights.render).filter((action) => /^(ssm|sts|eks):|Batch|List?Secret/.test(action))).toEqual([]);
  });

  test('those who render write no head and no snapshot, and remove only what they have written', () => {
    for (const name of ['schedule', 'render'] as const) {
      expect(may(name, 's3:PutObject').filter((key) => /heads|snapshots|operator|registry/.test(key))).toEqual([]);
      expect(rendered).toEqual(expect.arrayContaining([...may(name, 's3:DeleteObject')]));
    }
  });

  test('the edge has no right to the state', () => {
    expect(Object.keys(rights.webhook).filter((action) => /^(s3|kms):/.test(action))).toEqual([]);
  });

  test('what operators decide can be written by the relay alone', () => {
    const writers = names.filter((name) => may(name, 's3:PutObject').some((key) => /operator|registered/.test(key)));
    expect(writers).toEqual(['relay']);
  });

  test('the key that secrets are marked with is made by the relay, and read by those who sync alone', () => {
    const readers = names.filter((name) => may(name, 's3:GetObject').some((key) => /operator\/(\*|mark)/.test(key)));
    expect(readers).toEqual(['sync', 'scan', 'restore']);
  });

  test('no action is a pattern, and only actions that know no resource are for all', () => {
    for (const name of names) {
      expect(Object.keys(rights[name]).filter((action) => action.includes('*'))).toEqual([]);
      const forAll = Object.entries(rights[name]).filter(([, things]) => things.includes('*'));
      expect(
        forAll.map(([action]) => action).filter((action) => action !== 'secretsmanager:BatchGetSecretValue'),
      ).toEqual([]);
    }
  });
});

describe('a right with a "*"', () => {
  const role = new Role(new Stack(createApp(), 'Stack'), 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });

  test('is refused without a written reason', () => {
    expect(() => allow(role, { actions: ['s3:GetObject'], resources: ['*'] })).toThrow(
      'Stack/Role: s3:GetObject has a "*" without a reason',
    );
  });

  test('is refused where it stands for actions, whatever the reason', () => {
    expect(() => allow(role, { actions: ['s3:*'], resources: ['arn:aws:s3:::one'], why: 'it is easier' })).toThrow(
      's3:*',
    );
  });
});

test('what is encrypted can be read only by way of S3', () => {
  const policies = installation.resources('render', 'AWS::IAM::Policy');
  const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  const forKeys = statements.filter(({ Action }) => `${Action}`.includes('kms:'));
  expect(forKeys.length).toBe(2);
  for (const { Condition } of forKeys) expect(JSON.stringify(Condition)).toContain('kms:ViaService');
});

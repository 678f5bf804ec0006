import { describe, expect, test } from '@jest/globals';
import { CfnOutput, CfnWaitConditionHandle, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Plumbline } from '../../infra/plumbline.ts';
import { inWords } from './support/rights-of.ts';
import { createApp, synthesise, usualEnv } from './support/synthesise.ts';

const control = 'https://git.example/team/control.git#main:apps';
const local = 'arn:aws:eks:eu-central-1:111122223333:cluster/prod';

describe('the stacks', () => {
  const { stacks } = synthesise();
  const before = (name: string): readonly string[] => {
    const stack = stacks.find(({ stackName }) => stackName === name);
    return (stack?.dependencies ?? []).map(({ stackName }) => stackName).sort();
  };

  test('are one for each zone, named by the installation', () => {
    expect(stacks.map(({ stackName }) => stackName).sort()).toEqual([
      'plumbline-control',
      'plumbline-edge',
      'plumbline-render',
      'plumbline-state',
      'plumbline-sync-public',
    ]);
  });

  test('come in the order in which work flows back, so that nothing is sent to a queue that is not there', () => {
    expect(before('plumbline-state')).toEqual([]);
    expect(before('plumbline-sync-public')).toEqual(['plumbline-state']);
    expect(before('plumbline-render')).toContain('plumbline-sync-public');
    expect(before('plumbline-edge')).toEqual(['plumbline-render']);
    expect(before('plumbline-control')).toContain('plumbline-edge');
  });

  test('of two installations in an account have no name in common', () => {
    const namesOf = (installation: string): readonly string[] => {
      const one = synthesise({ installation }, (plumbline) => plumbline.addCluster(local));
      return one.stacks.flatMap((stack) => physicalNames(one.template(stack.node.id)));
    };
    const [first, second] = [namesOf('plumbline'), namesOf('team-b')];
    expect(first).toContain('AWS::SQS::Queue plumbline-render.fifo');
    expect(second.filter((name) => first.includes(name))).toEqual([]);
  });
});

test('a name that cannot be part of others is refused', () => {
  expect(() => synthesise({ installation: 'Team_B' })).toThrow('installation "Team_B": write at most 30');
});

test('what an installation is made of is in Parameter Store', () => {
  const { resources } = synthesise();
  const [setting] = resources('control', 'AWS::SSM::Parameter');
  expect(setting?.Properties.Name).toBe('/plumbline/plumbline/installation');
  const told = JSON.parse(inWords(setting?.Properties.Value).replaceAll('<', '').replaceAll('>', ''));
  expect(told).toMatchObject({ id: 'plumbline', region: 'eu-central-1', control, tail: 'plumbline-event-log' });
  expect(Object.keys(told.functions).sort()).toEqual([
    'relay',
    'render',
    'restore',
    'scan',
    'schedule',
    'sync',
    'webhook',
  ]);
  expect(Object.keys(told.syncQueues)).toEqual(['public']);
});

test("the operator's configuration of secrets is in Parameter Store, out of every tenant's reach", () => {
  const { template } = synthesise({ secretsConfig: 'allow: []' });
  template('control').hasResourceProperties('AWS::SSM::Parameter', {
    Name: '/plumbline/plumbline/secrets-config',
    Value: 'allow: []',
  });
});

test('fits into a stack of a team, whose environment it has', () => {
  const app = createApp();
  const team = new Stack(app, 'team', { env: usualEnv });
  new CfnWaitConditionHandle(team, 'Something');
  const plumbline = new Plumbline(team, 'Plumbline', { control });
  plumbline.addCluster(local);
  new CfnOutput(team, 'Webhook', { value: plumbline.webhookUrl });
  expect(plumbline.edge.account).toBe(usualEnv.account);
  expect(inWords(Object.values(Template.fromStack(team).findOutputs('Webhook'))[0]?.Value)).toMatch(/\/webhook$/);
});

test('can be synthesised without an account and a region', () => {
  const { template } = synthesise({ env: {} }, (plumbline) =>
    plumbline.addCluster({ name: 'prod', region: 'eu-west-1' }),
  );
  template('sync-public').resourceCountIs('AWS::EKS::AccessEntry', 0);
});

test('gives what other constructs need', () => {
  const { plumbline } = synthesise({}, (one) => one.addCluster(local));
  expect(Object.keys(plumbline.functions).length).toBe(7);
  expect(Object.keys(plumbline.queues)).toEqual([
    'render',
    'sync-public',
    'restore-public',
    'deadLetters',
    'failedWork',
  ]);
  expect(plumbline.bucket.encryptionKey).toBe(plumbline.key);
  expect(plumbline.flowSchemaManifest).toContain('kind: FlowSchema');
  expect(plumbline.clusterRoleManifest).toContain('kind: ClusterRoleBinding');
  expect([plumbline.eventBus, plumbline.dashboard].every(Boolean)).toBe(true);
});

/** What CloudFormation may not make twice in an account and region. */
function physicalNames(template: Template): readonly string[] {
  const { Resources, Outputs = {} } = template.toJSON();
  const fields = /^(QueueName|LogGroupName|DashboardName|PolicyName|BucketName|FunctionName|Name)$/;
  const named = Object.values(Resources as Record<string, { Type: string; Properties?: object }>)
    // The name of a policy of a role is for that role alone, that of an API need not be its own.
    .filter(({ Type }) => Type !== 'AWS::IAM::Policy' && Type !== 'AWS::ApiGatewayV2::Api')
    .flatMap(({ Type, Properties = {} }) =>
      Object.entries(Properties)
        .filter(([field]) => fields.test(field))
        .map(([, name]) => inWords(name))
        // What refers to something has the name that CloudFormation gives.
        .filter((name) => !name.startsWith('<'))
        .map((name) => `${Type} ${name}`),
    );
  const exported = Object.values(Outputs as Record<string, { Export?: { Name: unknown } }>);
  return [...named, ...exported.flatMap(({ Export }) => (Export === undefined ? [] : [inWords(Export.Name)]))];
}

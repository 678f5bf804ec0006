import { KubectlV35Layer } from '@aws-cdk/lambda-layer-kubectl-v35';
import { describe, expect, test } from '@jest/globals';
import { CfnWaitConditionHandle, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as eks from 'aws-cdk-lib/aws-eks';
import * as eksV2 from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import type { ClusterOptions } from '../../infra/constructs/cluster-options.ts';
import type { CdkCluster } from '../../infra/constructs/cluster-spec.ts';
import { inWords, rightsOf } from './support/rights-of.ts';
import { type Resource, type Synthesised, synthesise, usualEnv } from './support/synthesise.ts';

const local = 'arn:aws:eks:eu-central-1:111122223333:cluster/prod';
const far = 'arn:aws:eks:eu-central-1:999999999999:cluster/far';
const version = '1.35';

/** A team's own stack with a cluster of either module. */
const makers = {
  'aws-eks': (scope: Construct, endpointAccess = eks.EndpointAccess.PUBLIC_AND_PRIVATE) =>
    new eks.Cluster(scope, 'Cluster', {
      version: eks.KubernetesVersion.of(version),
      kubectlLayer: new KubectlV35Layer(scope, 'Kubectl'),
      authenticationMode: eks.AuthenticationMode.API_AND_CONFIG_MAP,
      defaultCapacity: 0,
      endpointAccess,
    }),
  'aws-eks-v2': (scope: Construct, endpointAccess = eksV2.EndpointAccess.PUBLIC_AND_PRIVATE) =>
    new eksV2.Cluster(scope, 'Cluster', {
      version: eksV2.KubernetesVersion.of(version),
      kubectlProviderOptions: { kubectlLayer: new KubectlV35Layer(scope, 'Kubectl') },
      endpointAccess,
    }),
};

const importers = {
  'aws-eks': (scope: Construct) => eks.Cluster.fromClusterAttributes(scope, 'Cluster', { clusterName: 'prod' }),
  'aws-eks-v2': (scope: Construct) => eksV2.Cluster.fromClusterAttributes(scope, 'Cluster', { clusterName: 'prod' }),
};

function withCluster(make: (scope: Construct) => object, options: ClusterOptions = {}): Synthesised & { team: Stack } {
  let team: Stack | undefined;
  const synthesised = synthesise({}, (plumbline, app) => {
    team = new Stack(app, 'team', { env: usualEnv });
    // A stack of imported things alone would be empty.
    new CfnWaitConditionHandle(team, 'Something');
    plumbline.addCluster(make(team) as CdkCluster, options);
  });
  return { ...synthesised, team: team as Stack };
}

describe.each(['aws-eks', 'aws-eks-v2'] as const)('a cluster of %s', (module) => {
  const made = withCluster(makers[module], { flowSchema: true, access: { applyClusterRole: true } });

  test('lets the role of the sync zone in by an access entry, with no right but those of the group', () => {
    const [entry] = made.resources('sync-public', 'AWS::EKS::AccessEntry');
    expect(entry?.Properties).toMatchObject({ Type: 'STANDARD', KubernetesGroups: ['plumbline'] });
    expect(entry?.Properties.AccessPolicies).toEqual([]);
    expect(inWords(entry?.Properties.PrincipalArn)).toBe('<Role.Arn>');
  });

  test('is registered by its ARN, and looked up by the relay', () => {
    const parameters = made.resources('control', 'AWS::SSM::Parameter').map(({ Properties }) => Properties);
    const cluster = parameters.find(({ Name }) => inWords(Name).includes('/clusters/'));
    expect(inWords(cluster?.Value)).toMatch(/"arn":".*","zone":"public"/);
    expect(rightsOf(made, 'control', 'relay')['eks:DescribeCluster']?.length).toBe(1);
  });

  test('gets the FlowSchema and the ClusterRole when they are asked for', () => {
    const applied = Template.fromStack(made.team).findResources('Custom::AWSCDK-EKS-KubernetesResource');
    const manifests = JSON.stringify(applied);
    expect(manifests).toContain('PriorityLevelConfiguration');
    expect(manifests).toContain('ClusterRoleBinding');
  });

  test('has a zone in its VPC when its endpoint is private', () => {
    const access = module === 'aws-eks' ? eks.EndpointAccess.PRIVATE : eksV2.EndpointAccess.PRIVATE;
    const { plumbline } = withCluster((scope) => makers[module](scope, access as never));
    expect([...plumbline.zones.keys()]).toEqual(['public', 'team-cluster']);
  });

  test('can be imported', () => {
    const imported = withCluster((scope) => importers[module](scope));
    imported
      .template('sync-public')
      .hasResourceProperties('AWS::EKS::AccessEntry', { ClusterName: 'prod', KubernetesGroups: ['plumbline'] });
    expect(rightsOf(imported, 'control', 'relay')['eks:DescribeCluster']).toEqual(['eks cluster/prod']);
  });
});

test('a cluster of aws-eks that knows no access entries is refused', () => {
  const make = (scope: Construct): object =>
    new eks.Cluster(scope, 'Cluster', {
      version: eks.KubernetesVersion.of(version),
      kubectlLayer: new KubectlV35Layer(scope, 'Kubectl'),
      defaultCapacity: 0,
    });
  expect(() => withCluster(make)).toThrow('AuthenticationMode.API_AND_CONFIG_MAP');
});

describe('a cluster that is known by its ARN', () => {
  const byArn = (arn: string, options: ClusterOptions = {}): Synthesised =>
    synthesise({}, (plumbline) => plumbline.addCluster(arn, options));
  const entryOf = (of: Synthesised): Resource | undefined => of.resources('sync-public', 'AWS::EKS::AccessEntry')[0];

  test('has an access entry when it is in the same account and region', () => {
    expect(entryOf(byArn(local))?.Properties.ClusterName).toBe('prod');
  });

  test('has cluster-admin only when it is asked for', () => {
    expect(entryOf(byArn(local, { access: { clusterAdmin: true } }))?.Properties.AccessPolicies).toMatchObject([
      { AccessScope: { Type: 'cluster' } },
    ]);
  });

  test('has the rights of an administrator in the namespaces that are named', () => {
    const [policy] =
      entryOf(byArn(local, { access: { namespaces: ['web', 'shop'] } }))?.Properties.AccessPolicies ?? [];
    expect(policy.AccessScope).toEqual({ Type: 'namespace', Namespaces: ['web', 'shop'] });
    expect(inWords(policy.PolicyArn)).toMatch(/AmazonEKSAdminPolicy$/);
  });

  test('has the policies that are named', () => {
    const [policy] =
      entryOf(byArn(local, { access: { policies: [{ policy: 'AmazonEKSViewPolicy' }] } }))?.Properties.AccessPolicies ??
      [];
    expect(inWords(policy.PolicyArn)).toMatch(/cluster-access-policy\/AmazonEKSViewPolicy$/);
  });

  test('has the command that lets Plumbline in printed when it is in another region', () => {
    const there = byArn('arn:aws:eks:eu-west-1:111122223333:cluster/west', { access: { namespaces: ['web'] } });
    expect(entryOf(there)).toBeUndefined();
    const printed = outputs(there, 'sync-public').find((text) => text.includes('create-access-entry'));
    expect(printed).toMatch(
      /^aws eks create-access-entry --region eu-west-1 --cluster-name west --principal-arn <Role.Arn> --kubernetes-groups plumbline && aws eks associate-access-policy .*AmazonEKSAdminPolicy --access-scope type=namespace,namespaces=web$/,
    );
  });

  test('needs a role when it is in another account', () => {
    expect(() => byArn(far)).toThrow('give a role of that account');
  });

  test('has the trust printed that a role of another account needs', () => {
    const there = byArn(far, { role: 'arn:aws:iam::999999999999:role/far', externalId: 'plumbline' });
    const trust = outputs(there, 'control').find((text) => text.includes('sts:AssumeRole')) ?? '';
    expect(trust).toContain('"sts:ExternalId":"plumbline"');
    expect(trust).toContain('<RelayRole.Arn>');
    expect(outputs(there, 'sync-public').join()).toContain('--principal-arn arn:aws:iam::999999999999:role/far');
  });

  test('is refused when it is none', () => {
    expect(() => byArn('prod')).toThrow('"prod" is no EKS cluster');
  });

  test('can have nothing applied', () => {
    expect(() => byArn(local, { flowSchema: true })).toThrow('apply what the outputs say');
  });
});

test('a cluster that is known by its name and region is named so everywhere', () => {
  const named = synthesise({}, (plumbline) => plumbline.addCluster({ name: 'prod', region: 'eu-central-1' }));
  const ticks = named.resources('sync-public', 'AWS::Scheduler::Schedule').map(({ Properties }) => Properties);
  expect(ticks.map(({ Target }) => Target.Input)).toContain('{"cluster":"prod.eu-central-1"}');
  expect(JSON.stringify(named.resources('control', 'AWS::SSM::Parameter'))).toContain('prod');
});

test('a cluster that is not EKS has its kubeconfig in a secret that the sync zone may read', () => {
  const secret = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:box-AbCdEf';
  const box = synthesise({}, (plumbline) => plumbline.addKubeconfig('box', secret, { aliases: ['edge'] }));
  expect(rightsOf(box, 'sync-public', 'sync')['secretsmanager:GetSecretValue']).toEqual(['secretsmanager box-AbCdEf']);
  box.template('control').hasResourceProperties('AWS::SSM::Parameter', {
    Name: '/plumbline/plumbline/clusters/box',
    Value: Match.serializedJson(
      Match.objectLike({ name: 'box', aliases: ['edge'], kubeconfigSecret: secret, zone: 'public' }),
    ),
  });
});

test('each cluster is scanned at its pace, and each has an alarm should that end', () => {
  const scanned = synthesise({}, (plumbline) => {
    plumbline.addCluster(local);
    plumbline.addCluster({ name: 'calm', region: 'eu-central-1' }, { scanInterval: Duration.minutes(15) });
  });
  const ticks = scanned.resources('sync-public', 'AWS::Scheduler::Schedule').map(({ Properties }) => Properties);
  expect(ticks.map(({ ScheduleExpression }) => ScheduleExpression).sort()).toEqual([
    'rate(15 minutes)',
    'rate(3 minutes)',
    'rate(360 minutes)',
  ]);
  const alarms = scanned.resources('sync-public', 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
  expect(alarms.filter(({ Namespace }) => Namespace === 'Plumbline').length).toBe(2);
});

function outputs(of: Synthesised, stack: string): readonly string[] {
  return Object.values(of.template(stack).findOutputs('*')).map(({ Value }) => inWords(Value));
}

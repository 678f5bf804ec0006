import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Plumbline } from '../../../infra/plumbline.ts';
import { type Synthesised, synthesise } from './synthesise.ts';

const secret = (name: string): string => `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${name}`;

/** An installation with all that can be added to one. */
export function synthesiseFull(): Synthesised {
  return synthesise({ secretsConfig: 'allow: []', alarmTopic: 'arn:aws:sns:eu-central-1:111122223333:alarms' }, addAll);
}

/** A VPC that is there already, with isolated subnets alone. */
export function importVpc(scope: Construct): IVpc {
  return Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-central-1a', 'eu-central-1b'],
    isolatedSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    isolatedSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'],
  });
}

function addAll(plumbline: Plumbline): void {
  const vpc = importVpc(plumbline.state);
  plumbline.addGitCredentials('https://git.example/', secret('git-AbCdEf'));
  plumbline.allowSecrets(secret('teams/*'), secret('one'));
  plumbline.allowParameters('arn:aws:ssm:eu-central-1:111122223333:parameter/teams/*');
  plumbline.allowKeys('arn:aws:kms:eu-central-1:111122223333:key/1');
  plumbline.allowRoles('arn:aws:iam::999999999999:role/stores-*');
  plumbline.allowSecretSearch();
  plumbline.addCluster('arn:aws:eks:eu-central-1:111122223333:cluster/prod', { access: { clusterAdmin: true } });
  plumbline.addCluster('arn:aws:eks:eu-central-1:999999999999:cluster/far', {
    role: 'arn:aws:iam::999999999999:role/far',
    externalId: 'plumbline',
  });
  plumbline.addKubeconfig('edge-box', secret('edge-box-AbCdEf'));
  plumbline.addCluster('arn:aws:eks:eu-central-1:111122223333:cluster/vault', {
    privateEndpoint: {
      vpc,
      clusterSecurityGroupId: 'sg-0123456789abcdef0',
      s3PrefixList: 'pl-0123456789abcdef0',
      usesSecrets: true,
    },
  });
}

import { describe, expect, test } from '@jest/globals';
import { addFromContext, toProps } from '../../infra/context.ts';
import { parseContext } from '../../infra/context-shape.ts';
import { rightsOf } from './support/rights-of.ts';
import { type Synthesised, synthesise } from './support/synthesise.ts';

const control = 'https://git.example/team/control.git#main:apps';
const local = 'arn:aws:eks:eu-central-1:111122223333:cluster/prod';
const secret = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:git-AbCdEf';

function fromContext(context: { readonly [name: string]: unknown }): Synthesised {
  const parsed = parseContext((name) => ({ control, ...context })[name]);
  return synthesise(toProps(parsed), (plumbline) => addFromContext(plumbline, parsed));
}

test('a control repository is all that has to be told', () => {
  expect(fromContext({}).plumbline.installation).toBe('plumbline');
  expect(() => parseContext(() => undefined)).toThrow("-c control='https://git.example/team/control.git#main:apps'");
});

describe('clusters', () => {
  test('are ARNs, or more, as JSON from the command line', () => {
    const clusters = JSON.stringify([local, { name: 'calm', region: 'eu-central-1', scanMinutes: 15, aliases: ['c'] }]);
    const { resources } = fromContext({ clusters });
    const ticks = resources('sync-public', 'AWS::Scheduler::Schedule').map(({ Properties }) => Properties.Target.Input);
    expect(ticks).toEqual(expect.arrayContaining([`{"cluster":"${local}"}`, '{"cluster":"calm.eu-central-1"}']));
  });

  test('are in zones of their VPCs where their endpoints are private', () => {
    const network = {
      zone: 'inner',
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-central-1a'],
      subnetIds: ['subnet-0123456789abcdef0'],
      routeTableIds: ['rtb-0123456789abcdef0'],
      s3PrefixList: 'pl-0123456789abcdef0',
    };
    const clusters = ['1', '2'].map((digit) => ({
      arn: `${local}-${digit}`,
      privateEndpoint: { ...network, clusterSecurityGroupId: `sg-0123456789abcdef${digit}` },
    }));
    expect([...fromContext({ clusters }).plumbline.zones.keys()]).toEqual(['public', 'inner']);
  });

  test('may be others than EKS', () => {
    const box = fromContext({ clusters: [{ name: 'box', kubeconfigSecret: secret }] });
    expect(rightsOf(box, 'sync-public', 'sync')['secretsmanager:GetSecretValue']).toEqual([
      'secretsmanager git-AbCdEf',
    ]);
  });

  test('are refused with the place of the fault', () => {
    expect(() => fromContext({ clusters: [{ arn: local, acess: {} }] })).toThrow(/context clusters/);
    expect(() => fromContext({ clusters: [{ name: 'prod' }] })).toThrow('an arn, or a name and a region');
  });
});

test('credentials, secrets and parameters are told as JSON', () => {
  const told = fromContext({
    gitCredentials: JSON.stringify([{ urlPrefix: 'https://git.example/', secretArn: secret }]),
    allowSecrets: `["${secret.replace('git-AbCdEf', 'teams/*')}"]`,
    allowParameters: '["arn:aws:ssm:eu-central-1:111122223333:parameter/teams/*"]',
    allowSecretSearch: 'true',
  });
  expect(rightsOf(told, 'render', 'render')['secretsmanager:GetSecretValue']).toEqual(['secretsmanager git-AbCdEf']);
  expect(rightsOf(told, 'sync-public', 'sync')).toMatchObject({
    'secretsmanager:GetSecretValue': ['secretsmanager teams/*'],
    'ssm:GetParameter': ['ssm parameter/teams/*'],
    'secretsmanager:ListSecrets': ['*'],
  });
});

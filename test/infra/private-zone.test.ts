import { describe, expect, test } from '@jest/globals';
import { egressOf } from './support/egress-of.ts';
import { importVpc } from './support/full.ts';
import { rightsOf } from './support/rights-of.ts';
import { type Synthesised, synthesise } from './support/synthesise.ts';

const arn = 'arn:aws:eks:eu-central-1:111122223333:cluster/vault';
const clusterSecurityGroupId = 'sg-0123456789abcdef0';
const s3PrefixList = 'pl-0123456789abcdef0';

function synthesiseZone(more: { readonly usesSecrets?: boolean; readonly s3Endpoint?: 'existing' } = {}): Synthesised {
  return synthesise({}, (plumbline) => {
    plumbline.allowSecrets('arn:aws:secretsmanager:eu-central-1:111122223333:secret:teams/*');
    plumbline.addCluster(arn, {
      privateEndpoint: { vpc: importVpc(plumbline.state), clusterSecurityGroupId, s3PrefixList, ...more },
    });
  });
}

const zone = synthesiseZone();
const withSecrets = synthesiseZone({ usesSecrets: true });
const endpoints = (of: Synthesised): readonly string[] =>
  of
    .resources('sync-vault', 'AWS::EC2::VPCEndpoint')
    .map(({ Properties }) => `${Properties.VpcEndpointType} ${JSON.stringify(Properties.ServiceName)}`);

describe('from a private zone can be reached', () => {
  test('S3, by a gateway that costs nothing', () => {
    expect(endpoints(zone)).toEqual([expect.stringMatching(/^Gateway .*\.s3"/)]);
    const [gateway] = zone.resources('sync-vault', 'AWS::EC2::VPCEndpoint');
    expect(gateway?.Properties.RouteTableIds).toEqual(['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1']);
  });

  test('S3, by a gateway that is there already', () => {
    expect(endpoints(synthesiseZone({ s3Endpoint: 'existing' }))).toEqual([]);
  });

  test("Secrets Manager, only if secrets are used, and then by an endpoint that is nobody else's", () => {
    expect(endpoints(withSecrets)).toEqual([
      expect.stringMatching(/^Gateway .*\.s3"/),
      expect.stringMatching(/^Interface .*secretsmanager"/),
    ]);
    const [, own] = withSecrets.resources('sync-vault', 'AWS::EC2::VPCEndpoint');
    expect(own?.Properties.PrivateDnsEnabled).toBe(false);
    expect(JSON.stringify(own?.Properties.PolicyDocument)).toContain('aws:PrincipalArn');
  });

  test('no NAT, no queue, no event bus', () => {
    const { Resources } = withSecrets.template('sync-vault').toJSON();
    const types = Object.values(Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
    expect(types.filter((type) => /Nat|InternetGateway|Route/.test(type))).toEqual([]);
    expect(rightsOf(zone, 'sync-vault', 'sync')).not.toHaveProperty(['sqs:SendMessage']);
    expect(rightsOf(zone, 'sync-vault', 'sync')).not.toHaveProperty(['events:PutEvents']);
  });

  test('by port 443 S3, the cluster, and the endpoint of secrets', () => {
    expect(egressOf(zone, 'sync-vault')).toEqual([`443 ${s3PrefixList}`, `443 ${clusterSecurityGroupId}`]);
    expect(egressOf(withSecrets, 'sync-vault')).toEqual([
      '443 <NetworkSecretsManagerAccess.GroupId>',
      `443 ${s3PrefixList}`,
      `443 ${clusterSecurityGroupId}`,
    ]);
  });
});

test('all functions of a private zone run in the subnets of its cluster', () => {
  const functions = zone.resources('sync-vault', 'AWS::Lambda::Function');
  expect(functions.length).toBe(3);
  for (const { Properties } of functions)
    expect(Properties.VpcConfig.SubnetIds).toEqual(['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1']);
});

test('the cluster lets the functions in by port 443', () => {
  zone.template('sync-vault').hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    GroupId: clusterSecurityGroupId,
    IpProtocol: 'tcp',
    FromPort: 443,
    ToPort: 443,
  });
});

test('Lambda may place the functions in the VPC, and their code may not', () => {
  const rights = rightsOf(zone, 'sync-vault', 'sync');
  expect(rights['ec2:CreateNetworkInterface']).toEqual(['*']);
  expect(rights['not ec2:CreateNetworkInterface']).toEqual(['*']);
});

test('secrets are allowed only where they can be reached', () => {
  expect(rightsOf(zone, 'sync-vault', 'sync')).not.toHaveProperty(['secretsmanager:GetSecretValue']);
  expect(rightsOf(withSecrets, 'sync-vault', 'sync')['secretsmanager:GetSecretValue']).toEqual([
    'secretsmanager teams/*',
  ]);
});

test('clusters of one VPC share a zone', () => {
  const { plumbline } = synthesise({}, (one) => {
    const vpc = importVpc(one.state);
    for (const name of ['one', 'two'])
      one.addCluster(`arn:aws:eks:eu-central-1:111122223333:cluster/${name}`, {
        privateEndpoint: { vpc, s3PrefixList, clusterSecurityGroupId: `sg-0123456789abcde${name === 'one' ? 1 : 2}0` },
      });
  });
  expect([...plumbline.zones.keys()]).toEqual(['public', 'one']);
});

test('a role that nobody in there can assume is refused', () => {
  const add = (): unknown =>
    synthesise({}, (plumbline) => {
      const privateEndpoint = { vpc: importVpc(plumbline.state), clusterSecurityGroupId, s3PrefixList };
      plumbline.addCluster(arn, { privateEndpoint, role: 'arn:aws:iam::111122223333:role/x' });
    });
  expect(add).toThrow('no role can be assumed');
});

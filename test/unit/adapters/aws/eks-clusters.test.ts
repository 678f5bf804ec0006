import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createEksClusters, type EksClusters } from '../../../../shared/adapters/aws/eks-clusters.ts';
import type { RegisteredCluster } from '../../../../shared/adapters/aws/eks-registry.ts';
import type { ClusterConnection } from '../../../../shared/cluster-ports.ts';
import { textOfValue } from '../../../support/eks/reveal.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { testConceal as conceal } from '../../../support/secrets/no-secrets.ts';

const eks = mockClient(EKSClient);
const sts = mockClient(STSClient);
const arn = (name: string, region = 'eu-west-1', account = '111122223333') =>
  `arn:aws:eks:${region}:${account}:cluster/${name}`;
const role = 'arn:aws:iam::444455556666:role/deployer';
const described = (name: string, more: object = {}) => ({
  name,
  status: 'ACTIVE' as const,
  endpoint: `https://${name.toUpperCase()}.gr7.eu-west-1.eks.amazonaws.com`,
  certificateAuthority: { data: `CA of ${name}` },
  ...more,
});
const open = (clusters: readonly RegisteredCluster[]): EksClusters =>
  createEksClusters({ clusters, conceal, credentials: async () => ({ accessKeyId: 'AKIA', secretAccessKey: 's' }) });
const by = (destination: { readonly name?: string; readonly server?: string }) => ({
  namespace: 'shop',
  ...destination,
});
const connect = async (clusters: EksClusters, name: string, session?: string): Promise<ClusterConnection> => {
  const connection = await clusters.connect(by({ name }), session);
  if (connection === undefined) throw new Error(`no ${name}`);
  return connection;
};
const answerWith = (error: object): void => {
  eks.on(DescribeClusterCommand).rejects(Object.assign(new Error('c4n4ry'), error));
};
const urlOf = async ({ token }: ClusterConnection): Promise<string> =>
  Buffer.from(textOfValue((await token()).token).slice('k8s-aws-v1.'.length), 'base64url').toString();

beforeEach(() => {
  eks.reset();
  sts.reset();
  eks.on(DescribeClusterCommand).callsFake(async ({ name }, getClient: () => EKSClient) => {
    await getClient().config.credentials();
    return { cluster: described(name) };
  });
  sts.on(AssumeRoleCommand).callsFake(({ RoleSessionName }) => ({
    Credentials: {
      AccessKeyId: RoleSessionName,
      SecretAccessKey: 'secret',
      SessionToken: 'token',
      Expiration: new Date(Date.now() + 3_600_000),
    },
  }));
});

describe('an EKS cluster', () => {
  const shop = { arn: arn('shop'), aliases: ['in-cluster', 'https://kubernetes.default.svc'] };
  const bank = { name: 'bank', region: 'us-east-1' };

  it.each([
    { title: 'its ARN', destination: { name: arn('shop') }, id: arn('shop') },
    { title: 'its ARN as server', destination: { server: arn('shop') }, id: arn('shop') },
    { title: 'its name', destination: { name: 'shop' }, id: arn('shop') },
    { title: 'another name', destination: { name: 'in-cluster' }, id: arn('shop') },
    { title: 'another server', destination: { server: 'https://kubernetes.default.svc' }, id: arn('shop') },
    { title: 'its server', destination: { server: 'https://shop.gr7.eu-west-1.eks.amazonaws.com/' }, id: arn('shop') },
    { title: 'name and region', destination: { name: 'bank.us-east-1' }, id: 'bank.us-east-1' },
    { title: 'nothing of it', destination: { name: 'other' }, id: undefined },
    { title: 'another ARN', destination: { name: arn('shop', 'eu-west-2') }, id: undefined },
    {
      title: 'another server of EKS',
      destination: { server: 'https://x.gr7.eu-west-1.eks.amazonaws.com' },
      id: undefined,
    },
    { title: 'a server elsewhere', destination: { server: 'https://other.example.com' }, id: undefined },
  ])('is meant, or not, by $title', async ({ destination, id }) => {
    const connection = await open([shop, bank]).connect(by(destination));
    expect(connection?.name).toBe(id);
  });

  it('is looked for in the region of the server alone', async () => {
    await open([shop, bank]).connect(by({ server: 'https://SHOP.gr7.eu-west-1.eks.amazonaws.com' }));
    expect(eks.commandCalls(DescribeClusterCommand).map(({ args }) => args[0].input)).toEqual([{ name: 'shop' }]);
  });

  it('that is called like another has to be meant by its ARN', async () => {
    const clusters = open([shop, { arn: arn('shop', 'us-east-1') }]);
    expect(await failureOf(clusters.connect(by({ name: 'shop' })))).toMatchObject({
      code: 'cluster-unknown',
      message: expect.stringContaining(`${arn('shop')}, ${arn('shop', 'us-east-1')}`),
    });
    expect((await connect(clusters, arn('shop', 'us-east-1'))).name).toBe(arn('shop', 'us-east-1'));
  });

  it.each([
    ['arn:aws:s3:::bucket', [{ arn: 'arn:aws:s3:::bucket' }]],
    ['not a name in eu-west-1', [{ name: 'not a name', region: 'eu-west-1' }]],
    [arn('shop'), [shop, { arn: arn('shop') }]],
  ])('that cannot be is told at once: %s', (object, clusters) => {
    expect(() => open(clusters)).toThrow(expect.objectContaining({ code: 'usage', object }));
  });

  it('is asked about once, and again when that is wanted', async () => {
    const clusters = open([shop]);
    const [first] = await Promise.all([1, 2, 3].map(() => connect(clusters, 'shop')));
    expect(first).toMatchObject({
      server: 'https://shop.gr7.eu-west-1.eks.amazonaws.com',
      certificateAuthority: 'CA of shop',
    });
    expect(eks.commandCalls(DescribeClusterCommand)).toHaveLength(1);
    const certificateAuthority = { data: 'new CA' };
    eks.on(DescribeClusterCommand).resolves({ cluster: described('shop', { certificateAuthority }) });
    expect(await first?.locate?.()).toMatchObject({ certificateAuthority: 'new CA' });
    expect(await connect(clusters, 'shop')).toMatchObject({ certificateAuthority: 'new CA' });
    expect(eks.commandCalls(DescribeClusterCommand)).toHaveLength(2);
  });

  it('is not asked about where its endpoint is registered, until its certificate has changed', async () => {
    const endpoint = { server: 'https://Known.example.com/', certificateAuthority: 'known' };
    const clusters = open([{ ...shop, endpoint }]);
    const connection = await clusters.connect(by({ server: 'https://known.example.com' }));
    expect(connection).toMatchObject({ server: 'https://known.example.com', certificateAuthority: 'known' });
    expect(eks.calls()).toEqual([]);
    await connection?.locate?.();
    expect(await connect(clusters, 'shop')).toMatchObject({ certificateAuthority: 'CA of shop' });
  });

  it('that is being updated is used', async () => {
    eks.on(DescribeClusterCommand).resolves({ cluster: described('shop', { status: 'UPDATING' }) });
    expect(await connect(open([shop]), 'shop')).toMatchObject({ certificateAuthority: 'CA of shop' });
  });

  it('is opened by a token of its own name and region, without a request', async () => {
    const connection = await connect(open([bank]), 'bank');
    const before = eks.calls().length;
    const url = await urlOf(connection);
    expect(url).toMatch(
      /^https:\/\/sts\.us-east-1\.amazonaws\.com\/\?.*Credential=AKIA%2F.*SignedHeaders=host%3Bx-k8s-aws-id/,
    );
    expect([eks.calls().length - before, sts.calls().length]).toEqual([0, 0]);
  });
});

describe('a role of a cluster', () => {
  const shop = { arn: arn('shop'), role, externalId: 'ours' };

  it('is assumed with the external id, in a session named after the operation, once for each', async () => {
    const clusters = open([shop, { arn: arn('shop', 'us-east-1', '444455556666'), role, externalId: 'theirs' }]);
    const first = await connect(clusters, arn('shop'), 'sync 2026-01-02T03:04:05Z');
    expect(await urlOf(first)).toContain('Credential=plumbline-sync-2026-01-02T03-04-05Z%2F');
    expect(await urlOf(await connect(clusters, arn('shop'), 'sync 2026-01-02T03:04:05Z'))).toContain('-05Z%2F');
    expect(await urlOf(await connect(clusters, arn('shop'), 'sync-2'))).toContain('Credential=plumbline-sync-2%2F');
    expect(await urlOf(await connect(clusters, arn('shop', 'us-east-1', '444455556666'), 'sync-2'))).toMatch(
      /us-east-1/,
    );
    expect(sts.commandCalls(AssumeRoleCommand).map(({ args }) => args[0].input)).toEqual([
      { RoleArn: role, RoleSessionName: 'plumbline-sync-2026-01-02T03-04-05Z', ExternalId: 'ours' },
      { RoleArn: role, RoleSessionName: 'plumbline-sync-2', ExternalId: 'ours' },
      { RoleArn: role, RoleSessionName: 'plumbline-sync-2', ExternalId: 'theirs' },
    ]);
  });

  it('that may not be assumed is named, and nothing that AWS said is', async () => {
    const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
    sts.on(AssumeRoleCommand).rejects(Object.assign(new Error('c4n4ry'), denied));
    const endpoint = { server: 'https://known.example.com', certificateAuthority: 'known' };
    const connection = await connect(open([{ ...shop, endpoint }]), 'shop');
    for (const call of [() => connection.token(), () => connect(open([shop]), 'shop')]) {
      const error = await failureOf(call());
      expect(error).toMatchObject({
        code: 'cluster-forbidden',
        message: `EKS cluster ${arn('shop')}: AWS denies sts:AssumeRole, to assume ${role}`,
        hint: expect.stringContaining('trust policy'),
      });
      expect(error.cause).toBeUndefined();
    }
  });
});

describe('an EKS cluster that cannot be used', () => {
  const shop = { arn: arn('shop') };
  const http = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });

  it.each([
    {
      error: { name: 'ResourceNotFoundException', ...http(404) },
      code: 'cluster-unknown',
      message: 'there is no cluster "shop" in eu-west-1, account 111122223333',
    },
    {
      error: { name: 'AccessDeniedException', ...http(403) },
      code: 'cluster-forbidden',
      message: 'AWS denies eks:DescribeCluster',
    },
    {
      error: { name: 'ExpiredTokenException', ...http(403) },
      code: 'cluster-forbidden',
      message: 'AWS does not accept the credentials (eks:DescribeCluster)',
    },
    {
      error: { name: 'CredentialsProviderError' },
      code: 'cluster-forbidden',
      message: 'there are no AWS credentials to call eks:DescribeCluster with',
    },
    {
      error: { name: 'ValidationException', ...http(400) },
      code: 'cluster-refused',
      message: 'AWS does not take eks:DescribeCluster as it is asked',
    },
  ])('says why: $error.name', async ({ error, code, message }) => {
    answerWith(error);
    const failure = await failureOf(connect(open([shop]), 'shop'));
    expect(failure).toMatchObject({ code, retryable: false, message: `EKS cluster ${arn('shop')}: ${message}` });
    expect([failure.hint, failure.cause]).toEqual([expect.stringMatching(/\.$/), undefined]);
  });

  it.each([
    { status: 'CREATING', code: 'cluster-unreachable', retryable: true },
    { status: 'PENDING', code: 'cluster-unreachable', retryable: true },
    { status: 'DELETING', code: 'cluster-unknown', retryable: false },
    { status: 'FAILED', code: 'cluster-refused', retryable: false },
  ] as const)('says that it is $status', async ({ status, code, retryable }) => {
    eks.on(DescribeClusterCommand).resolves({ cluster: { name: 'shop', status } });
    const message = `EKS cluster ${arn('shop')}: it is ${status}, not ACTIVE`;
    expect(await failureOf(connect(open([shop]), 'shop'))).toMatchObject({ code, retryable, message });
  });

  it('says that AWS gives no authority of it', async () => {
    eks.on(DescribeClusterCommand).resolves({ cluster: described('shop', { certificateAuthority: {} }) });
    const message = `EKS cluster ${arn('shop')}: AWS gives no endpoint and authority of it`;
    expect(await failureOf(connect(open([shop]), 'shop'))).toMatchObject({ message });
  });

  it('is asked about again the next time', async () => {
    eks
      .on(DescribeClusterCommand)
      .resolvesOnce({ cluster: { status: 'CREATING' } })
      .resolves({ cluster: described('shop') });
    const clusters = open([shop]);
    await failureOf(connect(clusters, 'shop'));
    expect(await connect(clusters, 'shop')).toMatchObject({ certificateAuthority: 'CA of shop' });
  });

  it('does not hide another that is meant by its server, and is told where none is', async () => {
    answerWith({ name: 'AccessDeniedException', ...http(403) });
    const endpoint = { server: 'https://bank.example.com', certificateAuthority: 'known' };
    const clusters = open([shop, { arn: arn('bank'), endpoint }]);
    expect(await clusters.connect(by({ server: endpoint.server }))).toMatchObject({ name: arn('bank') });
    const error = await failureOf(clusters.connect(by({ server: 'https://other.example.com' })));
    expect(error).toMatchObject({ code: 'cluster-forbidden', object: arn('shop') });
  });

  it('comes with what to do where its endpoint is private only, and where nobody there knows us', async () => {
    const resourcesVpcConfig = { endpointPublicAccess: false, endpointPrivateAccess: true };
    eks.on(DescribeClusterCommand).resolves({ cluster: described('shop', { resourcesVpcConfig }) });
    const { advice } = await connect(open([{ ...shop, role }]), 'shop');
    expect(advice?.unreachable).toContain('private only');
    expect(advice?.unknownUser).toContain(
      `aws eks create-access-entry --region eu-west-1 --cluster-name shop --principal-arn ${role}`,
    );
  });
});

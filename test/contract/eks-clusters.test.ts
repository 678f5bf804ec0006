import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import { mockClient } from 'aws-sdk-client-mock';
import { createEksClusters } from '../../shared/adapters/aws/eks-clusters.ts';
import type { RegisteredCluster } from '../../shared/adapters/aws/eks-registry.ts';
import { signEksToken } from '../../shared/adapters/aws/eks-token.ts';
import type { SentRequest } from '../../shared/adapters/kubernetes/api-client.ts';
import type { ApiCluster } from '../../shared/adapters/kubernetes/api-cluster.ts';
import { ConnectedClusters } from '../../shared/adapters/kubernetes/connected-clusters.ts';
import type { ClusterConnection } from '../../shared/cluster-ports.ts';
import type { SecretValue } from '../../shared/model/secret-value.ts';
import { type EksCluster, startEks } from '../support/eks/start-eks.ts';
import type { KnownKey } from '../support/eks/verify-token.ts';
import { failureOf } from '../support/failure-of.ts';
import { testConceal as conceal } from '../support/secrets/no-secrets.ts';
import { makeCertificates } from '../support/vault/make-certificates.ts';
import { addressOf, configMap } from './cluster-bed.ts';

const arn = 'arn:aws:eks:eu-west-1:111122223333:cluster/shop';
const role = 'arn:aws:iam::111122223333:role/deployer';
const destination = { name: 'shop', namespace: 'default' };
const minuteMs = 60_000;

const eks = mockClient(EKSClient);
const sts = mockClient(STSClient);
const keys = new Map<string, KnownKey>();
const opened: ConnectedClusters[] = [];
let cluster: EksCluster;
let otherAuthority: string;
let issued = 0;

beforeAll(async () => {
  cluster = await startEks({ name: 'shop', keys });
  otherAuthority = Buffer.from(makeCertificates().ca).toString('base64');
  const config = new KubeConfig();
  config.loadFromFile(cluster.controlPlane.kubeconfig);
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'patch'] }];
  await config
    .makeApiClient(RbacAuthorizationV1Api)
    .createClusterRole({ body: { metadata: { name: 'deploy' }, rules } });
  await config.makeApiClient(RbacAuthorizationV1Api).createClusterRoleBinding({
    body: {
      metadata: { name: 'deploy' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'deploy' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'deployers' }],
    },
  });
});

afterAll(() => cluster.stop());

beforeEach(() => {
  keys.clear();
  cluster.entries.splice(0, cluster.entries.length, { principalArn: role, groups: ['deployers'] });
  cluster.setClock(0);
  eks.reset();
  sts.reset();
  describeAs(cluster.endpoint.certificateAuthority);
  sts.on(AssumeRoleCommand).callsFake(({ RoleArn, RoleSessionName }) => issueKeys(RoleArn, RoleSessionName));
});

afterEach(() => Promise.all(opened.splice(0).map((clusters) => clusters.close())));

/** What AWS tells about the cluster from now on. */
function describeAs(authority: string, more: object = {}): void {
  const { server } = cluster.endpoint;
  const described = { status: 'ACTIVE', endpoint: server, certificateAuthority: { data: authority }, ...more } as const;
  eks.on(DescribeClusterCommand).resolves({ cluster: described });
}

/** Keys of a session, which STS knows from now on. */
function issueKeys(roleArn: string, session: string): object {
  // Never the same again: an API server remembers for 10 s whom it let in.
  issued += 1;
  const id = `ASIA${issued}`;
  const known = { secretAccessKey: `secret-${id}`, sessionToken: `token/${id}+=` };
  const [, account, name] = /::(\d+):role\/(.+)$/.exec(roleArn) ?? [];
  keys.set(id, { ...known, arn: `arn:aws:sts::${account}:assumed-role/${name}/${session}` });
  const Expiration = new Date(Date.now() + 60 * minuteMs);
  const { secretAccessKey: SecretAccessKey, sessionToken: SessionToken } = known;
  return { Credentials: { AccessKeyId: id, SecretAccessKey, SessionToken, Expiration } };
}

async function open(more: Partial<RegisteredCluster> = {}, sent: SentRequest[] = []): Promise<ApiCluster> {
  const credentials = async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'own' });
  const aws = createEksClusters({ clusters: [{ arn, role, ...more }], conceal, credentials });
  return openWith((wanted) => aws.connect(wanted, 'sync-42'), sent);
}

function openWith(
  connect: (wanted: typeof destination) => Promise<ClusterConnection | undefined>,
  sent: SentRequest[] = [],
): Promise<ApiCluster> {
  const clusters = new ConnectedClusters({
    connect: () => connect(destination),
    known: () => [arn],
    conceal,
    random: () => 0,
    observe: (request) => sent.push(request),
  });
  opened.push(clusters);
  return clusters.open(destination);
}

/** A cluster that is opened by tokens which are signed so, one after another; the last one serves for ever. */
function openByTokens(signings: readonly object[]): Promise<ApiCluster> {
  issueKeys(role, 'sync-42');
  const [accessKeyId = '', { secretAccessKey = '', sessionToken = '' } = {}] = [...keys][0] ?? [];
  const credentials = { accessKeyId, secretAccessKey, sessionToken };
  const usual = { credentials, region: 'eu-west-1', cluster: 'shop', conceal };
  let index = 0;
  return openWith(async () => ({
    name: arn,
    ...cluster.endpoint,
    token: async () => {
      const signing = signings[Math.min(index, signings.length - 1)];
      index += 1;
      return signEksToken({ ...usual, now: new Date(), ...signing });
    },
  }));
}

/** Puts the date a minute forth, as who has found an old token would. */
function tamper(token: Uint8Array): SecretValue {
  const url = Buffer.from(Buffer.from(token).toString().slice('k8s-aws-v1.'.length), 'base64url').toString();
  const later = url.replace(/(?<=Date=\d{8}T\d\d)\d\d/, (minute) =>
    minute === '59' ? '58' : `${Number(minute) + 1}`.padStart(2, '0'),
  );
  return conceal(Buffer.from(`k8s-aws-v1.${Buffer.from(later).toString('base64url')}`));
}

describe('An EKS cluster', () => {
  it('is deployed to by whoever an access entry names, and its audit log shows the operation', async () => {
    const live = await (await open()).apply(configMap('default', 'deployed'));
    expect(live.metadata.name).toBe('deployed');
    const username = 'arn:aws:sts::111122223333:assumed-role/deployer/plumbline-sync-42';
    expect(cluster.reviews.at(-1)).toEqual({ user: { username, groups: ['deployers'] } });
    const secret = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'x', namespace: 'default' } };
    const error = await failureOf((await open()).apply(secret));
    expect(error).toMatchObject({ code: 'cluster-forbidden', message: expect.stringContaining(`User "${username}"`) });
  });

  it('is found by its server too, and kept', async () => {
    const credentials = async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'own' });
    const aws = createEksClusters({ clusters: [{ arn, role }], conceal, credentials });
    const clusters = new ConnectedClusters({ connect: (wanted) => aws.connect(wanted), known: aws.known, conceal });
    opened.push(clusters);
    const byServer = await clusters.open({ server: `${cluster.endpoint.server}/`, namespace: 'default' });
    expect(await clusters.open(destination)).toBe(byServer);
    expect(await byServer.facts()).toMatchObject({ name: arn, server: cluster.endpoint.server });
    expect(await failureOf(clusters.open({ name: 'other', namespace: 'default' }))).toMatchObject({
      code: 'cluster-unknown',
      message: `No cluster "other" is known. Known: ${arn}`,
    });
  });

  it('needs one token for all that is done with it', async () => {
    const before = cluster.reviews.length;
    const opened = await open();
    await opened.facts();
    const names = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    await Promise.all(names.map((name) => opened.apply(configMap('default', name))));
    expect(sts.commandCalls(AssumeRoleCommand)).toHaveLength(1);
    expect(cluster.reviews.slice(before)).toHaveLength(1);
  });

  it('that does not know us says which access entry is missing', async () => {
    cluster.entries.length = 0;
    expect(await failureOf((await open()).facts())).toMatchObject({
      code: 'cluster-forbidden',
      status: 401,
      hint: expect.stringContaining(
        `aws eks create-access-entry --region eu-west-1 --cluster-name shop --principal-arn ${role}`,
      ),
    });
    expect(cluster.reviews.at(-1)).toEqual({ refusal: 'no-access-entry' });
  });

  it.each([
    { title: 'for another cluster', signing: { cluster: 'bank' }, refusal: 'signature' },
    { title: 'that was tampered with', signing: { conceal: tamper }, refusal: 'signature' },
    { title: 'that has expired', signing: { now: new Date(Date.now() - 16 * minuteMs) }, refusal: 'expired' },
    { title: 'from a clock ahead', signing: { now: new Date(Date.now() + 6 * minuteMs) }, refusal: 'not-yet-valid' },
    {
      title: 'of an unknown key',
      signing: { credentials: { accessKeyId: 'X', secretAccessKey: 'x' } },
      refusal: 'unknown-key',
    },
    { title: 'of a host that is not of AWS', signing: { region: 'cn-north-1' }, refusal: 'host' },
  ])('refuses a token $title', async ({ signing, refusal }) => {
    const error = await failureOf((await openByTokens([signing])).facts());
    expect(error).toMatchObject({ code: 'cluster-forbidden', status: 401 });
    expect(cluster.reviews.at(-1)).toEqual({ refusal });
  });

  it('refuses all tokens of a machine whose clock is wrong, and says to look at it', async () => {
    cluster.setClock(16 * minuteMs);
    expect(await failureOf((await open()).facts())).toMatchObject({
      status: 401,
      hint: expect.stringContaining('check that the clock is right'),
    });
  });

  it('gets a new token when it refuses the old one', async () => {
    const before = cluster.reviews.length;
    const opened = await openByTokens([{ now: new Date(Date.now() - 16 * minuteMs) }, {}]);
    expect(await opened.facts()).toMatchObject({ server: cluster.endpoint.server });
    const [first, ...later] = cluster.reviews.slice(before);
    expect(first).toEqual({ refusal: 'expired' });
    expect(later.at(-1)).toMatchObject({ user: { groups: ['deployers'] } });
  });

  it('gets a new token before the old one ends', async () => {
    // Usable for 5 s more, so that it is not sent again.
    const ending = { now: new Date(Date.now() - 14 * minuteMs + 5_000) };
    const opened = await openByTokens([ending, {}]);
    await opened.facts();
    const before = cluster.reviews.length;
    cluster.setClock(10 * minuteMs);
    await opened.apply(configMap('default', 'renewed'));
    expect(cluster.reviews.slice(before)).toEqual([expect.objectContaining({ user: expect.anything() })]);
  });
});

describe('An EKS cluster that has a new authority', () => {
  it('is asked about once by all requests that meet it, and they all succeed', async () => {
    describeAs(otherAuthority);
    const opened = await open();
    describeAs(cluster.endpoint.certificateAuthority);
    const names = Array.from({ length: 20 }, (_, index) => `rotated-${index}`);
    await Promise.all(names.map((name) => opened.apply(configMap('default', name))));
    expect(await opened.read(addressOf(configMap('default', 'rotated-19')))).toBeDefined();
    expect(eks.commandCalls(DescribeClusterCommand)).toHaveLength(2);
  });

  it('is not the reason where AWS tells of none: it is asked once, and the error says so', async () => {
    describeAs(otherAuthority);
    const opened = await open();
    for (const _ of [1, 2])
      expect(await failureOf(opened.facts())).toMatchObject({
        code: 'cluster-unreachable',
        message: expect.stringContaining('certificate is not trusted'),
        hint: expect.stringContaining('not of the authority that AWS gives'),
      });
    expect(eks.commandCalls(DescribeClusterCommand)).toHaveLength(2);
  });

  it('is used where a wrong one was registered', async () => {
    const endpoint = { ...cluster.endpoint, certificateAuthority: otherAuthority };
    await (await open({ endpoint })).apply(configMap('default', 'registered'));
    expect(eks.commandCalls(DescribeClusterCommand)).toHaveLength(1);
  });
});

describe('An EKS cluster that is elsewhere', () => {
  const gone = { server: 'https://no-such-cluster.invalid', certificateAuthority: '' };

  it('since it was made anew, is found', async () => {
    const endpoint = { ...gone, certificateAuthority: otherAuthority };
    const opened = await open({ endpoint });
    await opened.apply(configMap('default', 'moved'));
    expect(await opened.facts()).toMatchObject({ server: cluster.endpoint.server });
  });

  it('since it was deleted, is said not to exist', async () => {
    const error = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } };
    eks.on(DescribeClusterCommand).rejects(Object.assign(new Error('gone'), error));
    const opened = await open({ endpoint: { ...gone, certificateAuthority: otherAuthority } });
    expect(await failureOf(opened.facts())).toMatchObject({
      code: 'cluster-unknown',
      message: `EKS cluster ${arn}: there is no cluster "shop" in eu-west-1, account 111122223333`,
    });
  });

  it('in a private network, is said to be so', async () => {
    describeAs(cluster.endpoint.certificateAuthority, {
      endpoint: 'https://127.0.0.1:1',
      resourcesVpcConfig: { endpointPublicAccess: false },
    });
    expect(await failureOf((await open()).facts())).toMatchObject({
      code: 'cluster-unreachable',
      message: expect.stringContaining('the connection is refused'),
      hint: expect.stringContaining('private only'),
    });
  });
});

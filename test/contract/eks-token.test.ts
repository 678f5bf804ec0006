import { request } from 'node:http';
import process from 'node:process';
import { EKS } from '@aws-sdk/client-eks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEksClusters } from '../../shared/adapters/aws/eks-clusters.ts';
import { signEksToken } from '../../shared/adapters/aws/eks-token.ts';
import { allowUser, createRole, createUser, type UserKeys } from '../support/aws/iam.ts';
import { type Emulator, startEmulator } from '../support/aws/start-emulator.ts';
import { textOfValue } from '../support/eks/reveal.ts';
import { eventually } from '../support/eventually.ts';
import { failureOf } from '../support/failure-of.ts';
import { testConceal as conceal } from '../support/secrets/no-secrets.ts';

let emulator: Emulator;
let keys: UserKeys;

beforeAll(async () => {
  emulator = await startEmulator({ iam: true });
  process.env['AWS_ENDPOINT_URL'] = emulator.endpoint;
});

afterAll(() => emulator.stop());

beforeEach(async () => {
  await emulator.reset();
  keys = await createUser(emulator, 'plumbline');
});

const region = 'us-east-1';
const allow = (Action: string, Resource = '*') => ({ Effect: 'Allow', Action, Resource }) as const;
const trust = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Action: 'sts:AssumeRole' };

type Showing = { readonly cluster?: string; readonly change?: (url: string) => string };

/** Sends what a token holds to the emulator's STS, as the authenticator of a cluster does. */
async function show(token: string, { cluster = 'shop', change = (url) => url }: Showing): Promise<number | undefined> {
  const url = new URL(change(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString()));
  const headers = { host: url.host, 'x-k8s-aws-id': cluster };
  return new Promise((resolve, reject) => {
    const sent = request(new URL(url.pathname + url.search, emulator.endpoint), { headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    sent.on('error', reject).end();
  });
}

describe('a token for EKS, on an AWS that checks signatures', () => {
  const sign = async (credentials: UserKeys): Promise<string> =>
    textOfValue((await signEksToken({ credentials, region, cluster: 'shop', now: new Date(), conceal })).token);

  it('is accepted as it was signed', async () => {
    expect(await show(await sign(keys), {})).toBe(200);
  });

  it.each<{ readonly title: string; readonly how: Showing }>([
    { title: 'shown to another cluster', how: { cluster: 'bank' } },
    { title: 'with another date', how: { change: (url: string) => url.replace(/Date=\d{4}/, 'Date=2001') } },
    { title: 'with another life', how: { change: (url: string) => url.replace('Expires=60', 'Expires=600') } },
    { title: 'without the cluster', how: { change: (url: string) => url.replace('%3Bx-k8s-aws-id', '') } },
  ])('is refused $title', async ({ how }) => {
    expect(await show(await sign(keys), how)).toBe(403);
  });

  it('is refused when another key has signed it', async () => {
    expect(await show(await sign({ ...keys, secretAccessKey: 'another' }), {})).toBe(403);
  });
});

describe('EKS clusters, on an AWS that enforces IAM', () => {
  const by = (name: string) => ({ name, namespace: 'shop' });
  const arn = (name: string) => `arn:aws:eks:${region}:000000000000:cluster/${name}`;
  const open = (name: string, more: { readonly role?: string } = {}) =>
    createEksClusters({ clusters: [{ arn: arn(name), ...more }], conceal, credentials: async () => keys });

  async function createCluster(name: string): Promise<void> {
    const client = new EKS({ region, credentials: emulator.credentials });
    const roleArn = await createRole(emulator, 'eks', { trust: [trust], statements: [allow('ec2:Describe*')] });
    await client.createCluster({ name, roleArn, resourcesVpcConfig: {} });
    const isActive = async () => (await client.describeCluster({ name })).cluster?.status === 'ACTIVE';
    await eventually('the cluster is active', isActive);
  }

  it('that do not exist, or may not be looked at, are told by name and action', async () => {
    expect(await failureOf(open('shop').connect(by('shop')))).toMatchObject({
      code: 'cluster-forbidden',
      message: `EKS cluster ${arn('shop')}: AWS denies eks:DescribeCluster`,
    });
    await allowUser(emulator, 'plumbline', [allow('eks:DescribeCluster')]);
    expect(await failureOf(open('shop').connect(by('shop')))).toMatchObject({
      code: 'cluster-unknown',
      message: expect.stringContaining('there is no cluster "shop"'),
    });
  });

  it('are looked at as their role', async () => {
    await createCluster('shop');
    const role = await createRole(emulator, 'deployer', {
      trust: [trust],
      statements: [allow('eks:DescribeCluster', arn('shop'))],
    });
    const denied = await failureOf(open('shop', { role }).connect(by('shop')));
    expect(denied).toMatchObject({ message: expect.stringContaining(`AWS denies sts:AssumeRole, to assume ${role}`) });
    await allowUser(emulator, 'plumbline', [allow('sts:AssumeRole', role)]);
    // The emulator's clusters have an endpoint without anything behind it, and no authority.
    expect(await failureOf(open('shop', { role }).connect(by('shop')))).toMatchObject({
      message: `EKS cluster ${arn('shop')}: AWS gives no endpoint and authority of it`,
    });
  });
});

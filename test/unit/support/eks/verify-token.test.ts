import { describe, expect, it } from '@jest/globals';
import { signEksToken } from '../../../../shared/adapters/aws/eks-token.ts';
import { userOf } from '../../../support/eks/access-entries.ts';
import { textOfValue } from '../../../support/eks/reveal.ts';
import { verifyEksToken } from '../../../support/eks/verify-token.ts';
import { testConceal as conceal } from '../../../support/secrets/no-secrets.ts';

const now = new Date('2026-01-02T03:04:05Z');
const keys = { secretAccessKey: 'secret', sessionToken: 'session' };
const known = { ...keys, arn: 'arn:aws:sts::111122223333:assumed-role/deployer/sync-1' };
const verifier = { cluster: 'shop', keyOf: (id: string) => (id === 'AKID' ? known : undefined), now };

async function urlOf(more: object = {}): Promise<string> {
  const credentials = { accessKeyId: 'AKID', ...keys };
  const request = { credentials, region: 'eu-west-1', cluster: 'shop', now, conceal, ...more };
  const token = textOfValue((await signEksToken(request)).token);
  return Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString();
}

const toToken = (url: string): string => `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
const minutes = (count: number): Date => new Date(now.getTime() + count * 60_000);

describe('the authenticator of the test bed', () => {
  it('takes a token for 15 minutes, and one from a clock that is up to 5 minutes ahead', async () => {
    const token = toToken(await urlOf());
    for (const count of [-5, 0, 15]) {
      const verdict = await verifyEksToken(token, { ...verifier, now: minutes(count) });
      expect(verdict).toEqual({ arn: known.arn });
    }
  });

  it.each([
    { title: 'of another cluster', change: {}, refusal: 'signature', more: { cluster: 'bank' } },
    { title: 'signed with another key', change: {}, refusal: 'signature', key: { secretAccessKey: 'other' } },
    { title: 'of an unknown key', change: {}, refusal: 'unknown-key', key: { accessKeyId: 'AKIX' } },
    { title: 'of another session', change: {}, refusal: 'unknown-key', key: { sessionToken: 'other' } },
  ])('refuses a token $title', async ({ refusal, more = {}, key = {} }) => {
    const credentials = { accessKeyId: 'AKID', ...keys, ...key };
    expect(await verifyEksToken(toToken(await urlOf({ ...more, credentials })), verifier)).toEqual({ refusal });
  });

  it.each([
    { title: 'another host', from: 'sts.eu-west-1.amazonaws.com', to: 'sts.evil.example.com', refusal: 'host' },
    { title: 'a host that looks alike', from: '.amazonaws.com/', to: '.amazonaws.com.evil.example/', refusal: 'host' },
    { title: 'the host of another region', from: 'sts.eu-west-1', to: 'sts.eu-west-2', refusal: 'signature' },
    { title: 'no TLS', from: 'https:', to: 'http:', refusal: 'form' },
    { title: 'another path', from: '.com/?', to: '.com/x?', refusal: 'form' },
    { title: 'another action', from: 'GetCallerIdentity', to: 'AssumeRole', refusal: 'parameters' },
    { title: 'an action more', from: '/?', to: '/?Action=GetCallerIdentity&', refusal: 'parameters' },
    { title: 'a parameter more', from: '/?', to: '/?DurationSeconds=1&', refusal: 'parameters' },
    { title: 'a long life', from: 'Expires=60', to: 'Expires=901', refusal: 'parameters' },
    { title: 'a changed life', from: 'Expires=60', to: 'Expires=61', refusal: 'signature' },
    { title: 'a newer date', from: 'T030405Z', to: 'T030505Z', refusal: 'signature' },
    { title: 'no date', from: 'X-Amz-Date=20260102T030405Z', to: 'X-Amz-Date=today', refusal: 'parameters' },
    { title: 'the cluster not signed', from: '%3Bx-k8s-aws-id', to: '', refusal: 'cluster-not-signed' },
    { title: 'a changed signature', from: 'X-Amz-Signature=', to: 'X-Amz-Signature=0', refusal: 'signature' },
  ])('refuses a token with $title', async ({ from, to, refusal }) => {
    const url = await urlOf();
    expect(url).toContain(from);
    expect(await verifyEksToken(toToken(url.replace(from, to)), verifier)).toEqual({ refusal });
  });

  it.each([
    { title: 'after 15 minutes', offset: 15.02, refusal: 'expired' },
    { title: 'from a clock that is more than 5 minutes ahead', offset: -5.02, refusal: 'not-yet-valid' },
  ])('refuses a token $title', async ({ offset, refusal }) => {
    const verdict = await verifyEksToken(toToken(await urlOf()), { ...verifier, now: minutes(offset) });
    expect(verdict).toEqual({ refusal });
  });

  it.each(['', 'k8s-aws-v1.', 'k8s-aws-v1.!', 'k8s-aws-v1.Zm9v', 'Zm9v', `k8s-aws-v1.${'a'.repeat(5000)}`])(
    'refuses what is no token: %p',
    async (token) => {
      expect(await verifyEksToken(token, verifier)).toEqual({ refusal: 'form' });
    },
  );
});

describe('an access entry', () => {
  const entry = { principalArn: 'arn:aws:iam::111122223333:role/deployer', groups: ['deployers'] };

  it('makes a user of a session of its role, and of no other', () => {
    expect(userOf(known.arn, [entry])).toEqual({ username: known.arn, groups: ['deployers'] });
    const username = 'plumbline:{{SessionName}}';
    expect(userOf(known.arn, [{ ...entry, username }])).toMatchObject({ username: 'plumbline:sync-1' });
    expect(userOf(known.arn.replace('deployer', 'other'), [entry])).toBeUndefined();
    expect(userOf(known.arn.replace('1111', '2222'), [entry])).toBeUndefined();
  });

  it('makes a user of an IAM user', () => {
    const arn = 'arn:aws:iam::111122223333:user/me';
    expect(userOf(arn, [{ principalArn: arn, groups: [] }])).toEqual({ username: arn, groups: [] });
  });
});

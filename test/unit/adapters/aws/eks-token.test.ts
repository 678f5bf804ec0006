import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signEksToken } from '../../../../shared/adapters/aws/eks-token.ts';
import { textOfValue } from '../../../support/eks/reveal.ts';
import { verifyEksToken } from '../../../support/eks/verify-token.ts';
import { testConceal as conceal } from '../../../support/secrets/no-secrets.ts';

const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey };
const now = new Date('2026-01-02T03:04:05Z');
const request = { credentials, region: 'eu-west-1', cluster: 'shop', now, conceal };

async function urlOf(more: Partial<typeof request>): Promise<URL> {
  const { token } = await signEksToken({ ...request, ...more });
  const [, encoded = ''] = /^k8s-aws-v1\.([\w-]+)$/.exec(textOfValue(token)) ?? [];
  return new URL(Buffer.from(encoded, 'base64url').toString());
}

describe('a token for EKS', () => {
  // Frozen from botocore 1.43, with which `aws eks get-token` makes its own.
  it.each([
    {
      title: 'of a user',
      more: {},
      url: 'https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Feu-west-1%2Fsts%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=1a557bd0d7a5fc7863b9a5977619e8d5ede05a45735cd8520c91f3ec4002d918',
    },
    {
      title: 'of a role',
      more: {
        region: 'us-east-1',
        cluster: 'bank',
        credentials: { ...credentials, sessionToken: 'session/token+with=signs' },
      },
      url: 'https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Security-Token=session%2Ftoken%2Bwith%3Dsigns&X-Amz-Signature=15c312dc13b05fcc0a54e6b3c3e22301faf9047a2850f6fd5069f9aab6ba6d47',
    },
  ])('$title is the one that the tools of AWS make', async ({ more, url }) => {
    const made = await urlOf(more);
    const wanted = new URL(url);
    expect(made.origin + made.pathname).toBe(wanted.origin + wanted.pathname);
    expect([...made.searchParams].sort()).toEqual([...wanted.searchParams].sort());
  });

  it('is usable for 14 minutes, and no longer than the credentials that signed it', async () => {
    expect(await signEksToken(request)).toMatchObject({ expiresAt: '2026-01-02T03:18:05.000Z' });
    const expiration = new Date('2026-01-02T03:10:00Z');
    const short = await signEksToken({ ...request, credentials: { ...credentials, expiration } });
    expect(short).toMatchObject({ expiresAt: '2026-01-02T03:10:00.000Z' });
  });

  it('shows nothing of itself', async () => {
    expect(JSON.stringify(await signEksToken(request))).not.toContain('k8s-aws-v1');
  });

  it.each([
    ['eu-central-1', 'sts.eu-central-1.amazonaws.com'],
    ['us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
    ['eusc-de-east-1', 'sts.eusc-de-east-1.amazonaws.eu'],
    ['us-iso-east-1', 'sts.us-iso-east-1.c2s.ic.gov'],
    ['us-isob-east-1', 'sts.us-isob-east-1.sc2s.sgov.gov'],
  ])('of %s asks the endpoint of its region', async (region, host) => {
    expect((await urlOf({ region })).host).toBe(host);
  });

  it('is taken by the cluster that it names and by no other, whatever keys and names are', async () => {
    const text = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 40 });
    const cluster = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,30}$/);
    await fc.assert(
      fc.asyncProperty(text, text, cluster, cluster, async (secret, sessionToken, name, other) => {
        const keys = { secretAccessKey: secret, sessionToken };
        const signed = { ...request, cluster: name, credentials: { accessKeyId: 'AKID', ...keys } };
        const token = textOfValue((await signEksToken(signed)).token);
        const known = { ...keys, arn: 'arn:aws:iam::111122223333:user/me' };
        const show = (to: string) => verifyEksToken(token, { cluster: to, keyOf: () => known, now });
        expect(await show(name)).toEqual({ arn: known.arn });
        if (other !== name) expect(await show(other)).toEqual({ refusal: 'signature' });
      }),
      { numRuns: 100 },
    );
  });
});

import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { signCallerIdentity } from '../../../../shared/adapters/aws/sign-caller-identity.ts';

const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'token' };

describe('a signed request for the identity of the caller', () => {
  it('has the signature that the specification of AWS asks for', async () => {
    const { method, url, body, headers } = await signCallerIdentity({
      credentials,
      region: 'eu-west-1',
      serverIdHeader: 'vault',
    });
    expect([method, url]).toEqual(['POST', 'https://sts.eu-west-1.amazonaws.com/']);
    expect(body).toBe('Action=GetCallerIdentity&Version=2011-06-15');
    const [, scope = '', names = '', signature = ''] =
      /Credential=AKIA\/(\S+), SignedHeaders=(\S+), Signature=(\w+)$/.exec(headers['authorization'] ?? '') ?? [];
    expect(scope).toMatch(/^\d{8}\/eu-west-1\/sts\/aws4_request$/);
    expect(names.split(';')).toEqual(
      expect.arrayContaining(['host', 'x-amz-date', 'x-amz-security-token', 'x-vault-aws-iam-server-id']),
    );
    const canonical = names.split(';').map((name) => `${name}:${headers[name]}\n`);
    const request = ['POST', '/', '', canonical.join(''), names, sha256(body)].join('\n');
    const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(request)].join('\n');
    const key = scope.split('/').reduce<string | Buffer>((secret, part) => hmac(secret, part), 'AWS4secret');
    expect(signature).toBe(hmac(key, toSign).toString('hex'));
  });

  it.each([
    ['us-east-1', 'https://sts.amazonaws.com/'],
    ['eu-central-1', 'https://sts.eu-central-1.amazonaws.com/'],
    ['cn-north-1', 'https://sts.cn-north-1.amazonaws.com.cn/'],
  ])('is for the endpoint of %s', async (region, url) => {
    expect(await signCallerIdentity({ credentials, region })).toMatchObject({
      url,
      headers: { host: new URL(url).host },
    });
  });

  it('names no server where none is wanted', async () => {
    const { headers } = await signCallerIdentity({
      credentials: { accessKeyId: 'AKIA', secretAccessKey: 's' },
      region: 'us-east-1',
    });
    expect(Object.keys(headers)).not.toContain('x-vault-aws-iam-server-id');
    expect(Object.keys(headers)).not.toContain('x-amz-security-token');
  });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

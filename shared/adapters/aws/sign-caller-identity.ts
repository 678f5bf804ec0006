import type { AwsCredentials } from './aws-credentials.ts';
import { Sha256 } from './sha256.ts';

/** A signed request that tells AWS, and whoever passes it on to AWS, who made it. */
export type SignedRequest = {
  readonly method: 'POST';
  readonly url: string;
  readonly body: string;
  readonly headers: { readonly [name: string]: string };
};

export type CallerIdentityRequest = {
  readonly credentials: AwsCredentials;
  readonly region: string;
  /** Vault's `X-Vault-AWS-IAM-Server-ID`: the server that the request is meant for, so that no other can use it. */
  readonly serverIdHeader?: string;
};

const body = 'Action=GetCallerIdentity&Version=2011-06-15';

/** Signs `sts:GetCallerIdentity`, as Vault's AWS login wants it; nothing is sent. */
export async function signCallerIdentity({
  credentials,
  region,
  serverIdHeader,
}: CallerIdentityRequest): Promise<SignedRequest> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const hostname = stsHost(region);
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256, applyChecksum: false });
  const signed = await signer.sign({
    method: 'POST',
    protocol: 'https:',
    hostname,
    path: '/',
    query: {},
    headers: {
      host: hostname,
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'content-length': `${body.length}`,
      ...(serverIdHeader === undefined ? {} : { 'x-vault-aws-iam-server-id': serverIdHeader }),
    },
    body,
  });
  return { method: 'POST', url: `https://${hostname}/`, body, headers: signed.headers };
}

/** Vault asks the global endpoint unless it is told otherwise, and that one is of us-east-1. */
function stsHost(region: string): string {
  if (region === 'us-east-1') return 'sts.amazonaws.com';
  return region.startsWith('cn-') ? `sts.${region}.amazonaws.com.cn` : `sts.${region}.amazonaws.com`;
}

import type { ClusterToken } from '../../cluster-ports.ts';
import type { Conceal } from '../../model/secret-value.ts';
import type { AwsCredentials } from './aws-credentials.ts';
import { Sha256 } from './sha256.ts';

export type EksTokenRequest = {
  /** Who wants to be let in. */
  readonly credentials: AwsCredentials;
  readonly region: string;
  /** The name of the cluster, which is signed: no other cluster takes the token. */
  readonly cluster: string;
  readonly now: Date;
  readonly conceal: Conceal;
};

/** EKS takes a token for 15 minutes; one of them is left for the way and for clocks. */
const usableMs = 14 * 60_000;
/** In seconds. AWS looks at the date alone, and old authenticators want a minute here. */
const statedExpiry = 60;

/** Signs the request that tells AWS who we are, as a token for one cluster. Nothing is sent: it is for the cluster to send. */
export async function signEksToken(request: EksTokenRequest): Promise<ClusterToken> {
  const { credentials, now, conceal } = request;
  const url = await presignCallerIdentity(request);
  const token = `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
  const endsAt = Math.min(now.getTime() + usableMs, credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY);
  return { token: conceal(Buffer.from(token)), expiresAt: new Date(endsAt).toISOString() };
}

async function presignCallerIdentity({ credentials, region, cluster, now }: EksTokenRequest): Promise<string> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const hostname = `sts.${region}.${domainOf(region)}`;
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256, applyChecksum: false });
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: hostname, 'x-k8s-aws-id': cluster },
    },
    { expiresIn: statedExpiry, signingDate: now },
  );
  const fields = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(`${value ?? ''}`)}`);
  return `https://${hostname}/?${fields.join('&')}`;
}

const domains: readonly (readonly [regions: RegExp, domain: string])[] = [
  [/^cn-/, 'amazonaws.com.cn'],
  [/^eusc-/, 'amazonaws.eu'],
  [/^us-isob-/, 'sc2s.sgov.gov'],
  [/^us-iso-/, 'c2s.ic.gov'],
];

/** The domain of a region's partition. */
function domainOf(region: string): string {
  return domains.find(([regions]) => regions.test(region))?.[1] ?? 'amazonaws.com';
}

import { createHash, createHmac } from 'node:crypto';

/** What STS knows of an access key. */
export type KnownKey = {
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Of the user, or of the session of a role. */
  readonly arn: string;
};

export type Verifier = {
  /** The cluster that the token is shown to. */
  readonly cluster: string;
  readonly keyOf: (accessKeyId: string) => Promise<KnownKey | undefined> | KnownKey | undefined;
  readonly now: Date;
};

/** Why a token is refused: by the authenticator of EKS as it looks at it, or by STS as it is sent there. */
export type Refusal =
  | 'form'
  | 'host'
  | 'parameters'
  | 'cluster-not-signed'
  | 'expired'
  | 'not-yet-valid'
  | 'unknown-key'
  | 'signature';

export type Verdict = { readonly arn: string } | { readonly refusal: Refusal };

const lifeMs = 15 * 60_000;
const skewMs = 5 * 60_000;
const parameters = [
  'Action',
  'Version',
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-Security-Token',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
];

/** The request to STS that a token is, if the authenticator of EKS would send it. */
export function readEksToken(token: string, now: Date): { readonly url: URL } | { readonly refusal: Refusal } {
  const url = decode(token);
  if (url === undefined) return { refusal: 'form' };
  if (!/^sts\.([a-z]{2,}(-[a-z]+)+-\d\.)?amazonaws\.com$/.test(url.host)) return { refusal: 'host' };
  const refusal = refuseQuery([...url.searchParams], now);
  return refusal === undefined ? { url } : { refusal };
}

/** Verifies a token of EKS as its authenticator and STS do together, with a signature that is computed here anew. */
export async function verifyEksToken(token: string, verifier: Verifier): Promise<Verdict> {
  const read = readEksToken(token, verifier.now);
  if ('refusal' in read) return read;
  const { url } = read;
  const query = [...url.searchParams];
  const fields = new Map(query);
  const [accessKeyId = ''] = (fields.get('X-Amz-Credential') ?? '').split('/');
  const known = await verifier.keyOf(accessKeyId);
  if (known === undefined) return { refusal: 'unknown-key' };
  if (known.sessionToken !== fields.get('X-Amz-Security-Token')) return { refusal: 'unknown-key' };
  const headers = new Map([
    ['host', url.host],
    ['x-k8s-aws-id', verifier.cluster],
  ]);
  return sign(query, headers, known) === fields.get('X-Amz-Signature') ? { arn: known.arn } : { refusal: 'signature' };
}

function decode(token: string): URL | undefined {
  const [, encoded = ''] = /^k8s-aws-v1\.([\w-]+)$/.exec(token) ?? [];
  if (encoded === '' || token.length > 4096) return undefined;
  const text = Buffer.from(encoded, 'base64url').toString();
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'https:' && url.pathname === '/' && url.hash === '' ? url : undefined;
}

function refuseQuery(query: readonly (readonly [string, string])[], now: Date): Refusal | undefined {
  const fields = new Map(query);
  if (fields.size !== query.length || query.some(([name]) => !parameters.includes(name))) return 'parameters';
  if (fields.get('Action') !== 'GetCallerIdentity' || fields.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256')
    return 'parameters';
  const expires = fields.get('X-Amz-Expires') ?? '';
  if (!/^\d{1,3}$/.test(expires) || Number(expires) > 900) return 'parameters';
  const signed = (fields.get('X-Amz-SignedHeaders') ?? '').split(';');
  if (!signed.includes('host') || !signed.includes('x-k8s-aws-id')) return 'cluster-not-signed';
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(fields.get('X-Amz-Date') ?? '') ?? [];
  const date = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(date)) return 'parameters';
  if (now.getTime() > date + lifeMs) return 'expired';
  return now.getTime() < date - skewMs ? 'not-yet-valid' : undefined;
}

/** Signature version 4 of a GET whose body is empty and whose proof is in the query. */
function sign(
  query: readonly (readonly [string, string])[],
  headers: ReadonlyMap<string, string>,
  { secretAccessKey }: KnownKey,
): string {
  const fields = new Map(query);
  const names = (fields.get('X-Amz-SignedHeaders') ?? '').split(';');
  const canonicalQuery = query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort();
  const canonicalHeaders = names.map((name) => `${name}:${headers.get(name) ?? ''}\n`);
  const request = ['GET', '/', canonicalQuery.join('&'), canonicalHeaders.join(''), names.join(';'), sha256('')];
  const [, ...scope] = (fields.get('X-Amz-Credential') ?? '').split('/');
  const date = fields.get('X-Amz-Date') ?? '';
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(request.join('\n'))].join('\n');
  const [, region = 'us-east-1'] = /^sts\.([\w-]+)\.amazonaws/.exec(headers.get('host') ?? '') ?? [];
  // The scope is not taken from the request: STS asks for its own.
  const key = [date.slice(0, 8), region, 'sts', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

import { createPublicKey, X509Certificate } from 'node:crypto';
import { type decodeJwt, jwtVerify } from 'jose';
import type { AuthMount, TokenRequest } from './vault-state.ts';

export type Attempt = {
  readonly mount: AuthMount;
  /** After `login/`. */
  readonly user: string;
  readonly body: { readonly [field: string]: unknown };
  readonly certificate: X509Certificate | undefined;
};

/** A token for who proves to be somebody, or the phrase that Vault refuses with. */
export type Verdict = TokenRequest | { readonly error: string; readonly status?: number };

/** How each auth method of Vault judges a login, with its own phrases. */
export const judges: { readonly [type: string]: (attempt: Attempt) => Promise<Verdict> } = {
  approle: async ({ mount, body }) => {
    const role = [...mount.entries.values()].find((entry) => entry['role_id'] === body['role_id']);
    const secretIds = (role?.['secret_ids'] ?? []) as readonly unknown[];
    if (role === undefined || !secretIds.includes(body['secret_id'])) return { error: 'invalid role or secret ID' };
    return toToken(role);
  },
  userpass: judgePassword,
  ldap: judgePassword,
  jwt: async ({ mount, body }) => {
    const name = String(body['role']);
    const role = mount.entries.get(name);
    if (role === undefined) return { error: `role "${name}" could not be found` };
    const claims = await verify(mount, String(body['jwt']));
    if (claims === undefined) return { error: 'error validating token: error verifying token signature: no known key' };
    const bound = listOf(role['bound_audiences']);
    if (!listOf(claims.aud).some((audience) => bound.includes(audience)))
      return {
        error: 'error validating token: invalid audience (aud) claim: audience claim does not match any bound audience',
      };
    const subject = role['bound_subject'];
    if (subject !== undefined && subject !== claims.sub) return { error: 'sub claim does not match bound subject' };
    return toToken(role);
  },
  kubernetes: async ({ mount, body }) => {
    const name = String(body['role']);
    const role = mount.entries.get(name);
    if (role === undefined) return { error: `invalid role name "${name}"` };
    const claims = await verify(mount, String(body['jwt']));
    if (claims === undefined) return { error: 'permission denied', status: 403 };
    const [, , namespace = '', account = ''] = String(claims.sub).split(':');
    if (!listOf(role['bound_service_account_names']).includes(account))
      return { error: 'service account name not authorized', status: 403 };
    if (!listOf(role['bound_service_account_namespaces']).includes(namespace))
      return { error: 'namespace not authorized', status: 403 };
    return toToken(role);
  },
  cert: async ({ mount, certificate }) => {
    const role = [...mount.entries.values()].find(({ certificate: known }) => isSame(String(known), certificate));
    if (role === undefined) return { error: 'invalid certificate or no client certificate supplied' };
    return toToken(role);
  },
  aws: async ({ mount, body }) => {
    const role = mount.entries.get(String(body['role']));
    if (role === undefined) return { error: `entry for role "${String(body['role'])}" not found` };
    const headers = JSON.parse(decode(body['iam_request_headers'])) as { readonly [name: string]: string };
    const authorization = headers['authorization'] ?? headers['Authorization'] ?? '';
    const isQuestion = decode(body['iam_request_body']).includes('Action=GetCallerIdentity');
    const isSts = /^https:\/\/sts\.[a-z0-9.-]*amazonaws\.com\/$/.test(decode(body['iam_request_url']));
    const wanted = mount.config['iam_server_id_header_value'];
    const signed = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
    if (wanted !== undefined && !signed.includes('x-vault-aws-iam-server-id'))
      return { error: 'error validating X-Vault-AWS-IAM-Server-ID header: missing header' };
    if (!isQuestion || !isSts || !authorization.startsWith('AWS4-HMAC-SHA256'))
      return { error: 'error making upstream request: received error code 403 from STS' };
    return toToken(role);
  },
};

async function judgePassword({ mount, user, body }: Attempt): Promise<Verdict> {
  const entry = mount.entries.get(user);
  if (entry === undefined || entry['password'] !== body['password']) return { error: 'invalid username or password' };
  return toToken(entry);
}

async function verify({ config }: AuthMount, token: string): Promise<ReturnType<typeof decodeJwt> | undefined> {
  const [pem] = listOf(config['jwt_validation_pubkeys'] ?? config['pem_keys']);
  try {
    return (await jwtVerify(token, createPublicKey(pem ?? ''))).payload;
  } catch {
    return undefined;
  }
}

function toToken(entry: { readonly [field: string]: unknown }): TokenRequest {
  return {
    policies: listOf(entry['token_policies'] ?? entry['policies']),
    ttl: Number(entry['token_ttl'] ?? 3600),
    type: entry['token_type'] === 'batch' ? 'batch' : 'service',
    ...(entry['token_num_uses'] === undefined ? {} : { uses: Number(entry['token_num_uses']) }),
  };
}

function listOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return value === undefined ? [] : String(value).split(',');
}

function isSame(pem: string, certificate: X509Certificate | undefined): boolean {
  return certificate !== undefined && new X509Certificate(pem).fingerprint256 === certificate.fingerprint256;
}

function decode(value: unknown): string {
  return Buffer.from(String(value), 'base64').toString();
}

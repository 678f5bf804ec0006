import { SecretError } from '../../errors.ts';
import { type AwsIdentity, plainIdentity } from '../../model/aws-store.ts';
import type { ClusterKeyRef, ServiceAccountRef } from '../../model/cluster-key-ref.ts';
import { formatStore, type StoreRef } from '../../model/secret-store.ts';
import type { VaultAuth } from '../../model/vault-store.ts';
import type { StoreAccess } from '../../secret-ports.ts';
import { readCredential, requestAccountToken } from './credentials.ts';

/** A request to STS that proves an AWS identity to whoever sends it on. */
export type SignedRequest = {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly headers: { readonly [name: string]: string | readonly string[] };
};

/** Signs `GetCallerIdentity` as an AWS identity; `serverIdHeader` is the value of X-Vault-AWS-IAM-Server-ID. */
export type SignCallerIdentity = (
  identity: AwsIdentity & { readonly serverIdHeader?: string },
  access: StoreAccess,
) => Promise<SignedRequest>;

export type LoginInput = {
  readonly auth: VaultAuth;
  readonly store: StoreRef;
  readonly access: StoreAccess;
  readonly signCallerIdentity: SignCallerIdentity | undefined;
};

/** What to send to Vault; or the token itself, where the store has one. */
export type Login =
  | { readonly path: string; readonly body: { readonly [field: string]: string } }
  | { readonly token: string };

type Preparations = {
  readonly [type in VaultAuth['type']]: (
    auth: Extract<VaultAuth, { readonly type: type }>,
    input: LoginInput,
  ) => Promise<Login>;
};

const preparations: Preparations = {
  token: async ({ token }, { access, store }) => {
    const text = await readCredential(access, token, store);
    if (/^[\x21-\x7e]+$/.test(text)) return { token: text };
    throw invalid(store, `key ${token.key} of Secret ${token.name} is no token of Vault`, 'Put nothing else there.');
  },
  'app-role': async ({ path, roleId, secretId }, { access, store }) => ({
    path: `auth/${path}/login`,
    body: {
      role_id: typeof roleId === 'string' ? roleId : await readCredential(access, roleId, store),
      secret_id: await readCredential(access, secretId, store),
    },
  }),
  kubernetes: async ({ path, role, ...proof }, input) => ({
    path: `auth/${path}/login`,
    body: { role, jwt: await tokenFor(proof, input) },
  }),
  jwt: async ({ path, role, ...proof }, input) => ({
    path: `auth/${path}/login`,
    body: { ...(role === '' ? {} : { role }), jwt: await tokenFor(proof, input) },
  }),
  'user-pass': async ({ path, username, password }, { access, store }) => ({
    path: `auth/${path}/login/${username}`,
    body: { password: await readCredential(access, password, store) },
  }),
  cert: async ({ path }) => ({ path: `auth/${path}/login`, body: {} }),
  iam: async (auth, { access, store, signCallerIdentity }) => {
    if (signCallerIdentity === undefined)
      throw invalid(store, 'auth.iam needs AWS, which is not set up here', 'Use another way to log in.');
    const { method, url, body, headers } = await signCallerIdentity(toIdentity(auth), access);
    return {
      path: `auth/${auth.path}/login`,
      body: {
        role: auth.vaultRole,
        iam_http_request_method: method,
        iam_request_url: toBase64(url),
        iam_request_body: toBase64(body),
        iam_request_headers: toBase64(JSON.stringify(headers)),
      },
    };
  },
};

/** Gets together what a store proves its identity with. */
export function prepareLogin(input: LoginInput): Promise<Login> {
  const prepare = preparations[input.auth.type] as (auth: VaultAuth, input: LoginInput) => Promise<Login>;
  return prepare(input.auth, input);
}

type TokenSource = { readonly account?: ServiceAccountRef; readonly token?: ClusterKeyRef };

function tokenFor({ account, token }: TokenSource, { access, store }: LoginInput): Promise<string> {
  if (account !== undefined) return requestAccountToken(access, account, store);
  if (token !== undefined) return readCredential(access, token, store);
  throw invalid(
    store,
    'auth names neither a ServiceAccount nor a Secret that holds a token',
    'Name one of them in the store.',
  );
}

type IamAuth = Extract<VaultAuth, { readonly type: 'iam' }>;

function toIdentity(auth: IamAuth): AwsIdentity & { readonly serverIdHeader?: string } {
  const { region, awsRole, externalId, serverIdHeader } = auth;
  const own = toAwsAuth(auth);
  return {
    ...plainIdentity(region),
    ...(awsRole === undefined ? {} : { role: awsRole }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(serverIdHeader === undefined ? {} : { serverIdHeader }),
    ...(own === undefined ? {} : { auth: own }),
  };
}

function toAwsAuth({ account, keys }: IamAuth): AwsIdentity['auth'] {
  if (account !== undefined) return { type: 'service-account', account };
  return keys === undefined ? undefined : { type: 'keys', ...keys };
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function invalid(store: StoreRef, why: string, hint: string): SecretError {
  return new SecretError('secret-invalid', `${formatStore(store)}: ${why}`, { object: formatStore(store), hint });
}

import { type ErrorCode, SecretError } from '../../errors.ts';
import { formatStore, type StoreRef } from '../../model/secret-store.ts';
import { codeOf, type VaultAnswer } from './vault-http.ts';

/** What was tried, in the words of the error. */
export type Attempt = {
  readonly store: StoreRef;
  /** Host and port. */
  readonly server: string;
  /** `reading shop/db`, `logging in by auth/kubernetes`. */
  readonly action: string;
  /** The path of the request, as a policy names it. */
  readonly path: string;
  readonly capability: 'read' | 'list' | 'login';
};

type Meaning = { readonly code: ErrorCode; readonly why: string; readonly hint: string };

type Rule = Meaning & { readonly says?: RegExp; readonly statuses?: readonly number[]; readonly login?: boolean };

const checkLogin = 'Check the auth section of the store, and the role in Vault.';

/** Vault's fixed phrases and what they mean; first match. Only our own words are told, never what Vault answered. */
const rules: readonly Rule[] = [
  {
    says: /^Vault is sealed/,
    code: 'secret-unreachable',
    why: 'Vault is sealed',
    hint: 'Unseal Vault; Secrets stay as they are until then.',
  },
  {
    says: /not (yet )?initialized/i,
    code: 'secret-unreachable',
    why: 'Vault is not initialized',
    hint: 'Initialize and unseal Vault.',
  },
  {
    says: /^Upgrading from non-versioned/,
    code: 'secret-unreachable',
    why: 'the engine is being upgraded',
    hint: 'Try again in a moment.',
  },
  {
    says: /^local node not active/,
    code: 'secret-unreachable',
    why: 'this node of Vault is a standby and knows no active one',
    hint: 'Let the server of the store be the active node, or wait for an election.',
  },
  {
    says: /^required index state not present/,
    code: 'secret-unreachable',
    why: 'this node of Vault lags behind',
    hint: 'Set forwardInconsistent: true in the store, or try again later.',
  },
  {
    says: /^no handler for route/,
    code: 'secret-invalid',
    why: 'nothing is mounted there',
    hint: 'Correct path (or the auth method’s path) and namespace of the store, or the first part of the key.',
  },
  {
    says: /Invalid path for a versioned K\/V secrets engine/,
    code: 'secret-invalid',
    why: 'the engine there is KV version 2',
    hint: 'Set version: v2 in the store.',
  },
  {
    says: /^invalid (role or secret ID|role ID|secret id|role_id|secret_id)/i,
    code: 'secret-denied',
    why: 'the role ID or secret ID is not valid',
    hint: 'Renew the secret ID of the AppRole, and the Secret that holds it.',
  },
  {
    says: /^invalid username or password|^ldap operation failed/,
    code: 'secret-denied',
    why: 'user name or password is not valid',
    hint: 'Correct the user name in the store, or the Secret that holds the password.',
  },
  {
    says: /^(service account name|namespace) not authorized|invalid service account/,
    code: 'secret-denied',
    why: 'the role does not admit this ServiceAccount or namespace',
    hint: 'Bind the ServiceAccount and its namespace to the role in Vault.',
  },
  {
    says: /audience|claim "[^"]*"|claims?.* (does not|do not) match/,
    code: 'secret-denied',
    why: 'the role does not admit the claims of the token',
    hint: 'Let audiences and the role’s bound_audiences, bound_subject and bound_claims agree.',
  },
  {
    says: /^(role "[^"]*" could not be found|invalid role|role .* not found|entry for role)/i,
    code: 'secret-denied',
    why: 'there is no such role',
    hint: 'Correct the role in the store, or make it in Vault.',
  },
  {
    says: /^invalid certificate|no chain matching|^tls connection required|client certificate must be supplied/,
    code: 'secret-denied',
    why: 'the client certificate is not accepted',
    hint: 'Check the certificate’s Secret and the certificate roles in Vault.',
  },
  { login: true, statuses: [400, 401, 403], code: 'secret-denied', why: 'Vault does not let us in', hint: checkLogin },
  {
    statuses: [429],
    code: 'secret-unreachable',
    why: 'a rate limit of Vault is reached',
    hint: 'Raise the quota in Vault, or ask less often.',
  },
  {
    statuses: [400, 405],
    code: 'secret-invalid',
    why: 'Vault does not understand the request',
    hint: 'Check path and version (v1 or v2) of the store, and the key.',
  },
  {
    statuses: [301, 302, 303, 307, 308],
    code: 'secret-invalid',
    why: 'it redirects to another host, and the token is sent to no other',
    hint: 'Let the server of the store be the address that it redirects to.',
  },
];

/** The error for an answer that is no success. */
export function refusedError(attempt: Attempt, { status, errors }: VaultAnswer): SecretError {
  const isLogin = attempt.capability === 'login';
  const rule = rules.find(
    ({ says, statuses, login }) =>
      (login !== true || isLogin) &&
      (says === undefined || errors.some((text) => says.test(text))) &&
      (statuses === undefined || statuses.includes(status)),
  );
  if (rule !== undefined) return failure(attempt, rule, ` (${status})`);
  if (status === 403) return failure(attempt, deniedMeaning(attempt), ' (403)');
  return failure(
    attempt,
    {
      code: status >= 500 || status === 412 ? 'secret-unreachable' : 'secret-invalid',
      why: 'Vault fails',
      hint: 'Look at the health and the log of Vault, and whether the server of the store is a Vault.',
    },
    ` (${status})`,
  );
}

function deniedMeaning({ path, capability }: Attempt): Meaning {
  return {
    code: 'secret-denied',
    why: 'permission denied',
    hint: `Check that mount and path are right and the token has not ended; then give the role or token a policy with: path "${capability === 'list' ? `${path}/*` : path}" { capabilities = ["${capability}"] }`,
  };
}

const unanswered: readonly (Meaning & { readonly codes: RegExp })[] = [
  {
    codes: /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT_)/,
    code: 'secret-unreachable',
    why: 'its certificate is not trusted',
    hint: 'Set caBundle or caProvider in the store to the authority of that certificate, and check its host name and end.',
  },
  {
    codes: /^ERR_OSSL_/,
    code: 'secret-invalid',
    why: 'the CA, the client certificate or its key is not PEM that can be used',
    hint: 'Check caBundle, caProvider, tls and auth.cert of the store, and the Secrets that they name.',
  },
  {
    codes: /^ERR_SSL_.*ALERT/,
    code: 'secret-denied',
    why: 'the server wants a client certificate, and accepts none that we have',
    hint: 'Set tls in the store, or check the certificate that it names.',
  },
  {
    codes: /TIMEOUT|TIMEDOUT/,
    code: 'secret-unreachable',
    why: 'no answer in time',
    hint: 'Check the server of the store, the network on the way to it, and that Vault is well.',
  },
];

const unreachable: Meaning = {
  code: 'secret-unreachable',
  why: 'it cannot be reached',
  hint: 'Check the server of the store, the network on the way to it, and that Vault runs.',
};

/** The error for a request that got no answer; of what was thrown only its code counts. */
export function unansweredError(attempt: Attempt, cause: unknown): SecretError {
  return failure(attempt, unanswered.find(({ codes }) => codes.test(codeOf(cause))) ?? unreachable);
}

/** The error for an answer that is not what Vault’s documents promise. */
export function unusableError(attempt: Attempt, why: string): SecretError {
  return failure(attempt, {
    code: 'secret-invalid',
    why,
    hint: 'Check that the server of the store is a Vault, and version (v1 or v2) and path of its engine.',
  });
}

function failure({ store, server, action }: Attempt, { code, why, hint }: Meaning, status = ''): SecretError {
  return new SecretError(code, `${formatStore(store)}: ${action} at Vault ${server} failed${status}: ${why}`, {
    object: formatStore(store),
    hint,
  });
}

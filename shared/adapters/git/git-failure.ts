import { type ErrorCode, GitError, messageOf, PlumbError } from '../../errors.ts';

type Reason = { readonly code: ErrorCode; readonly why: string; readonly hint: string; readonly retryable: boolean };

const reasons = {
  unknownHost: {
    code: 'git-host-unknown',
    why: 'the host name is not known',
    hint: 'Check the spelling of the host, and that this machine can resolve it.',
    retryable: false,
  },
  refused: {
    code: 'git-refused',
    why: 'the host does not accept connections there',
    hint: 'Check host and port, and any firewall between.',
    retryable: true,
  },
  tls: {
    code: 'git-tls',
    why: 'its TLS certificate or handshake is not acceptable',
    hint: 'Let the host present a valid certificate; for a private authority, set NODE_EXTRA_CA_CERTS to its PEM file.',
    retryable: false,
  },
  timeout: {
    code: 'git-timeout',
    why: 'it did not answer in time',
    hint: 'Try again, or allow a longer time-out.',
    retryable: true,
  },
  cut: { code: 'git-failed', why: 'the connection was cut', hint: 'Try again.', retryable: true },
} as const satisfies { readonly [name: string]: Reason };

const reasonOfCode: { readonly [code: string]: Reason } = {
  ENOTFOUND: reasons.unknownHost,
  EAI_AGAIN: { ...reasons.unknownHost, why: 'the name service did not answer', retryable: true },
  ECONNREFUSED: reasons.refused,
  EHOSTUNREACH: reasons.refused,
  ENETUNREACH: reasons.refused,
  ECONNRESET: reasons.cut,
  EPIPE: reasons.cut,
  UND_ERR_SOCKET: reasons.cut,
  ETIMEDOUT: reasons.timeout,
  UND_ERR_CONNECT_TIMEOUT: reasons.timeout,
  UND_ERR_HEADERS_TIMEOUT: reasons.timeout,
  UND_ERR_BODY_TIMEOUT: reasons.timeout,
  EPROTO: reasons.tls,
};
const tlsCode = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)|_SELF_SIGNED_CERT$|^HOSTNAME_MISMATCH$/;

const needsLogin: Reason = {
  code: 'git-unauthorized',
  why: 'the host wants a login',
  hint: 'Give credentials for this address, as a line in the file of --git-credentials. Some hosts, GitHub among them, also answer so when the repository does not exist: check its spelling.',
  retryable: false,
};
const reasonOfStatus: { readonly [status: number]: Reason } = {
  401: needsLogin,
  403: {
    ...needsLogin,
    why: 'the host forbids it',
    hint: 'Check that the credentials may read this repository, and are not expired.',
  },
  404: {
    code: 'git-repository-unknown',
    why: 'there is no such repository',
    hint: 'Check the address. Some hosts also answer so when the credentials are missing or may not read it.',
    retryable: false,
  },
};

/** What an HTTP status other than 2xx and 3xx means for a repository. */
export function failureOfStatus(shown: string, status: number, sentCredential: boolean): GitError {
  const known = reasonOfStatus[status === 410 ? 404 : status];
  const refusedLogin = status === 401 && sentCredential ? { why: 'the host does not accept the credentials' } : {};
  const isTransient = status === 429 || status >= 500;
  const other: Reason = {
    code: 'git-failed',
    why: 'the host failed',
    hint: isTransient
      ? 'The host is busy or in trouble; try again.'
      : 'Check that the address is that of a Git repository.',
    retryable: isTransient,
  };
  return toError(shown, { ...(known ?? other), ...refusedLogin }, { detail: ` (HTTP ${status})` });
}

/** What an exception of the network means for a repository; a GitError passes as it is. */
export function failureOfCause(shown: string, cause: unknown): GitError {
  if (cause instanceof GitError) return cause;
  if (cause instanceof PlumbError) return withoutCredential(shown, cause);
  const codes = codesOf(cause);
  const code = codes.find((each) => reasonOfCode[each] !== undefined || tlsCode.test(each));
  if (code !== undefined) return toError(shown, reasonOfCode[code] ?? reasons.tls, { detail: ` (${code})`, cause });
  if (codes.includes('TimeoutError')) return toError(shown, reasons.timeout, { detail: '', cause });
  return new GitError('git-failed', `Git repository ${shown} could not be read: ${messageOf(cause)}`, {
    object: shown,
    cause,
  });
}

/** Credentials that cannot be had say themselves why. */
function withoutCredential(shown: string, { message, hint, retryable }: PlumbError): GitError {
  return new GitError('git-unauthorized', `Git repository ${shown} could not be read: ${message}`, {
    object: shown,
    retryable,
    ...(hint === undefined ? {} : { hint }),
  });
}

function toError(
  shown: string,
  { code, why, hint, retryable }: Reason,
  { detail, cause }: { readonly detail: string; readonly cause?: unknown },
): GitError {
  return new GitError(code, `Git repository ${shown} could not be read: ${why}${detail}.`, {
    object: shown,
    hint,
    retryable,
    cause,
  });
}

/** What errors of Node.js and of undici may carry. */
type Thrown = { readonly code?: unknown; readonly name?: unknown; readonly cause?: unknown; readonly errors?: unknown };

const deepestCause = 4;

/** The codes and names of an exception, of its causes, and of the attempts that it gathers, outermost first. */
function codesOf(error: unknown, depth = 0): readonly string[] {
  if (typeof error !== 'object' || error === null || depth > deepestCause) return [];
  const { code, name, cause, errors } = error as Thrown;
  const own = [code, name].filter((each) => typeof each === 'string');
  return [...own, ...[cause, ...(Array.isArray(errors) ? errors : [])].flatMap((each) => codesOf(each, depth + 1))];
}

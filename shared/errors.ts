/** What a program can act on; stable across releases. */
export type ErrorCode =
  | 'application-invalid'
  | 'project-forbids'
  | 'cluster-unknown'
  | 'cluster-unreachable'
  | 'cluster-forbidden'
  | 'cluster-refused'
  | 'cluster-conflict'
  | 'git-host-unknown'
  | 'git-refused'
  | 'git-tls'
  | 'git-unauthorized'
  | 'git-repository-unknown'
  | 'git-revision-unknown'
  | 'git-path-unknown'
  | 'git-timeout'
  | 'git-too-large'
  | 'git-failed'
  | 'render-failed'
  | 'render-refused'
  | 'manifest-invalid'
  | 'message-invalid'
  | 'tool-unusable'
  | 'change-refused'
  | 'approval-needed'
  | 'sync-locked'
  | 'sync-failed'
  | 'pinned'
  | 'queue-unavailable'
  | 'render-pending'
  | 'secret-absent'
  | 'secret-denied'
  | 'secret-invalid'
  | 'secret-refused'
  | 'secret-template'
  | 'secret-unreachable'
  | 'snapshot-unknown'
  | 'store-unusable'
  | 'store-corrupt'
  | 'store-foreign'
  | 'store-newer'
  | 'timeout'
  | 'usage';

export type PlumbErrorDetails = {
  /** What it happened to: an object, file, field or repository, as a person would name it. */
  readonly object?: string;
  /** What the reader can do now; one sentence. */
  readonly hint?: string;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
};

/**
 * The one base of all errors that Plumbline raises on purpose.
 * `message` says what was tried and why it failed; `hint` says the way out. No secret value may enter either.
 */
export class PlumbError extends Error {
  readonly code: ErrorCode;
  readonly object: string | undefined;
  readonly hint: string | undefined;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, details: PlumbErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.object = details.object;
    this.hint = details.hint;
    this.retryable = details.retryable ?? false;
  }
}

/** An Application or AppProject that cannot be used as it is written. */
export class InvalidManifest extends PlumbError {}

/** Git could not be read; `code` tells the ten ways apart. */
export class GitError extends PlumbError {}

/** A source could not be turned into manifests. */
export class RenderError extends PlumbError {}

/** The cluster did not do what was asked; `status` is its HTTP status, where it answered. */
export class ClusterError extends PlumbError {
  readonly status: number | undefined;

  constructor(code: ErrorCode, message: string, details: PlumbErrorDetails & { readonly status?: number } = {}) {
    super(code, message, details);
    this.status = details.status;
  }
}

/**
 * A secret could not be resolved. `secret-absent`: the provider has none; `secret-denied`: it says no; `secret-unreachable`: it
 * does not answer (retryable); `secret-invalid`: what is written or what came is unusable; `secret-template`: a template failed;
 * `secret-refused`: the operator's configuration, or a rule of Plumbline, forbids it.
 * The message is built from names and positions alone: never pass on the text of another error, nor a cause.
 */
export class SecretError extends PlumbError {
  constructor(code: ErrorCode, message: string, details: Omit<PlumbErrorDetails, 'cause'> = {}) {
    super(code, message, { retryable: code === 'secret-unreachable', ...details });
  }
}

/** State could not be read or written. */
export class StoreError extends PlumbError {}

/** A sync did not start, or ended without its goal. */
export class SyncError extends PlumbError {}

/** The message of any thrown value and, where one is known, the way out in parentheses: for places that have one line only. */
export function adviceOf(error: unknown): string {
  const hint = error instanceof PlumbError ? error.hint : undefined;
  return hint === undefined ? messageOf(error) : `${messageOf(error)} (${hint})`;
}

/** True when a further try may do better without anybody changing anything; what nobody foresaw may be a fault that passes, too. */
export function isWorthAnotherTry(error: unknown): boolean {
  return !(error instanceof PlumbError) || error.retryable;
}

/** The message of any thrown value, for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

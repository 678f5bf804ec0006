import { caughtFailure } from './aws-failure.ts';

/**
 * Why a call to S3 failed. `absent`: no such object; `lost`: the object is not as the condition wants it; `conflict`: somebody writes
 * it at the same time; `elsewhere`: the bucket is in another region; `key`: its KMS key cannot be used; `damaged`: bytes and checksum
 * differ; the others as of every call to AWS.
 */
export type S3FailureKind =
  | 'absent'
  | 'lost'
  | 'conflict'
  | 'no-bucket'
  | 'elsewhere'
  | 'denied'
  | 'credentials'
  | 'unknown-self'
  | 'unknown-region'
  | 'clock'
  | 'key'
  | 'archived'
  | 'damaged'
  | 'throttled'
  | 'unreachable'
  | 'refused';

/** A failed call, in words that come from a closed set. */
export type S3Failure = {
  readonly kind: S3FailureKind;
  /** The IAM action that was tried, or the one that AWS names as missing. */
  readonly action: string;
  /** Where the bucket is, when it is elsewhere. */
  readonly region?: string;
  /** The name that AWS or the system gives to the failure. */
  readonly name?: string;
};

/** Bytes that are not those that were written. */
export class DamagedOnTheWay extends Error {}

/** An answer without what every such answer has. */
export class IncompleteAnswer extends Error {
  override readonly name = 'IncompleteAnswer';
}

const kinds: { readonly [name: string]: S3FailureKind } = {
  NoSuchKey: 'absent',
  NotFound: 'absent',
  PreconditionFailed: 'lost',
  ConditionalRequestConflict: 'conflict',
  OperationAborted: 'conflict',
  NoSuchBucket: 'no-bucket',
  InvalidBucketName: 'no-bucket',
  PermanentRedirect: 'elsewhere',
  TemporaryRedirect: 'elsewhere',
  AuthorizationHeaderMalformed: 'elsewhere',
  IllegalLocationConstraintException: 'elsewhere',
  InvalidAccessKeyId: 'credentials',
  InvalidToken: 'credentials',
  TokenRefreshRequired: 'credentials',
  NotSignedUp: 'credentials',
  RequestTimeTooSkewed: 'clock',
  'KMS.ThrottlingException': 'throttled',
  InvalidObjectState: 'archived',
  BadDigest: 'damaged',
  InvalidDigest: 'damaged',
  XAmzContentSHA256Mismatch: 'damaged',
  IncompleteBody: 'damaged',
};

const passing: readonly S3FailureKind[] = ['conflict', 'clock', 'damaged', 'throttled', 'unreachable'];

/** Whether trying again may help. A clock that is wrong is set right, within the SDK, by the first answer that says so. */
export function mayPassOnS3({ kind }: S3Failure): boolean {
  return passing.includes(kind);
}

/** The failure behind whatever the SDK threw; its text is read and not passed on. */
export function s3FailureOf(error: unknown, action: string): S3Failure {
  const { name, message, status, region, code } = lookAt(error);
  if (isDamage(error, message)) return { kind: 'damaged', action };
  if (message === 'Region is missing') return { kind: 'unknown-region', action };
  const known = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (known === 'elsewhere' || (status !== undefined && [301, 307].includes(status)))
    return { kind: 'elsewhere', action, ...(region === undefined ? {} : { region }) };
  if (known !== undefined) return { kind: known, action };
  if (name.startsWith('KMS.')) return { kind: 'key', action };
  const { kind } = caughtFailure(error, action);
  if (kind === 'empty') return { kind: 'refused', action };
  return { kind, action: kind === 'denied' ? (deniedAction(message) ?? action) : action, ...nameOf(code ?? name) };
}

function isDamage(error: unknown, message: string): boolean {
  return error instanceof DamagedOnTheWay || message.startsWith('Checksum mismatch');
}

function deniedAction(message: string): string | undefined {
  return /not authorized to perform: ([a-z0-9-]{1,30}:[A-Za-z]{1,60})/.exec(message)?.[1];
}

/** `Error` says nothing. */
function nameOf(name: string): { readonly name?: string } {
  return /^[A-Za-z0-9_.]{1,60}$/.test(name) && name !== 'Error' ? { name } : {};
}

type Seen = {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly region: string | undefined;
  readonly code: string | undefined;
};

function lookAt(error: unknown): Seen {
  const { name, message, code, Region, $metadata, $response } = (error ?? {}) as {
    readonly name?: unknown;
    readonly message?: unknown;
    readonly code?: unknown;
    readonly Region?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $response?: { readonly headers?: { readonly [name: string]: unknown } };
  };
  const region = $response?.headers?.['x-amz-bucket-region'] ?? Region;
  return {
    name: textOf(name) ?? '',
    message: textOf(message) ?? '',
    status: $metadata?.httpStatusCode,
    region: /^[a-z]{2}[a-z0-9-]{3,30}$/.test(textOf(region) ?? '') ? textOf(region) : undefined,
    code: textOf(code),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * Why a call failed, in words of our own. `absent`: there is no such thing; `denied`: the rights are missing; `credentials`: who we
 * are is not believed; `unknown-self`: we have no credentials; `throttled` and `unreachable` may pass; `refused`: AWS takes the
 * request for wrong.
 */
export type AwsFailure = {
  readonly kind:
    | 'absent'
    | 'denied'
    | 'credentials'
    | 'unknown-self'
    | 'throttled'
    | 'unreachable'
    | 'refused'
    | 'empty';
  /** The IAM action that was tried, or the one that AWS names as missing. */
  readonly action: string;
  /** The role that was to be assumed. */
  readonly role?: string;
};

/** A failure that has to travel through an SDK; it says nothing by itself. */
export class AwsFailureError extends Error {
  readonly failure: AwsFailure;

  constructor(failure: AwsFailure) {
    super('a call to AWS failed');
    this.failure = failure;
  }
}

/** What is looked at of an SDK's error or of an item's error in an answer; none of it is passed on. */
export type AwsTrouble = { readonly name: string; readonly message?: string; readonly status?: number };

const kinds: { readonly [name: string]: AwsFailure['kind'] } = {
  ResourceNotFoundException: 'absent',
  ParameterNotFound: 'absent',
  ParameterVersionNotFound: 'absent',
  InvalidResourceId: 'absent',
  QueueDoesNotExist: 'absent',
  'AWS.SimpleQueueService.NonExistentQueue': 'absent',
  AccessDeniedException: 'denied',
  AccessDenied: 'denied',
  UnauthorizedException: 'denied',
  DecryptionFailure: 'denied',
  KmsAccessDenied: 'denied',
  'KMS.AccessDeniedException': 'denied',
  UnrecognizedClientException: 'credentials',
  InvalidClientTokenId: 'credentials',
  InvalidSignatureException: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  IncompleteSignature: 'credentials',
  ExpiredToken: 'credentials',
  ExpiredTokenException: 'credentials',
  InvalidIdentityToken: 'credentials',
  InvalidIdentityTokenException: 'credentials',
  IDPRejectedClaim: 'credentials',
  IDPRejectedClaimException: 'credentials',
  OptInRequired: 'credentials',
  CredentialsProviderError: 'unknown-self',
  TokenProviderError: 'unknown-self',
  InternalServiceError: 'unreachable',
  InternalServerError: 'unreachable',
  InternalFailure: 'unreachable',
  InternalException: 'unreachable',
  ServiceUnavailable: 'unreachable',
  ServiceUnavailableException: 'unreachable',
  IDPCommunicationError: 'unreachable',
  IDPCommunicationErrorException: 'unreachable',
  DependencyTimeoutException: 'unreachable',
  KMSInternalException: 'unreachable',
  TimeoutError: 'unreachable',
  RequestTimeout: 'unreachable',
};

const throttled =
  /^(Throttling(Exception)?|ThrottledException|RequestThrottled(Exception)?|TooManyRequestsException|RequestLimitExceeded|LimitExceededException|BandwidthLimitExceeded|SlowDown|PriorRequestNotComplete|KmsThrottled|KMS\.ThrottlingException)$/;

/** IAM actions whose name in a denial is worth more than that of the call. */
const toldActions = [
  'kms:Decrypt',
  'kms:GenerateDataKey',
  'secretsmanager:GetSecretValue',
  'secretsmanager:ListSecrets',
  'sts:TagSession',
];

/** The failure that an answer of AWS means. */
export function failureOf({ name, message = '', status }: AwsTrouble, action: string): AwsFailure {
  if (isDeletion(name, message)) return { kind: 'absent', action };
  const kind = kindOf(name, status);
  if (kind !== 'denied') return { kind, action };
  const kms = /^(DecryptionFailure$|kms)/i.test(name) || /\bKMS\b/.test(message) ? 'kms:Decrypt' : undefined;
  return { kind, action: toldActions.find((told) => message.includes(told)) ?? kms ?? action };
}

/** The failure behind whatever an SDK threw. */
export function caughtFailure(error: unknown, action: string): AwsFailure {
  if (error instanceof AwsFailureError) return error.failure;
  if (!(error instanceof Error)) return { kind: 'unreachable', action };
  const status = (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return failureOf({ name: error.name, message: error.message, ...(status === undefined ? {} : { status }) }, action);
}

/** Whether trying again may help. */
export function mayPass({ kind }: AwsFailure): boolean {
  return kind === 'throttled' || kind === 'unreachable';
}

/** Whether it says something of keys as they were asked for together, rather than of every one of them. */
export function isOfTheBatch({ kind }: AwsFailure): boolean {
  return kind === 'denied' || kind === 'refused' || kind === 'absent';
}

/** A secret on its way to deletion answers with one of two errors and this phrase. */
function isDeletion(name: string, message: string): boolean {
  return (
    /^Invalid(Request|Parameter)Exception$/.test(name) && /marked for deletion|scheduled for deletion/i.test(message)
  );
}

/** An error without a status never was an answer. */
function kindOf(name: string, status: number | undefined): AwsFailure['kind'] {
  const known = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (known !== undefined) return known;
  if (throttled.test(name) || status === 429) return 'throttled';
  if (status === undefined || status >= 500) return 'unreachable';
  return status === 403 ? 'denied' : 'refused';
}

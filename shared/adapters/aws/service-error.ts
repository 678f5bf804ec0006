import { type ErrorCode, PlumbError } from '../../errors.ts';
import { type AwsFailure, mayPass } from './aws-failure.ts';

/** What an error is to speak of. */
export type ServiceSubject = {
  readonly code: ErrorCode;
  /** Such as `Queue plumb-sync.fifo`. */
  readonly object: string;
  /** What was tried, after "cannot". */
  readonly tried: string;
  /** What a missing right has to be given on, as IAM names it. */
  readonly resource: string;
  /** True: it can be called again, whatever was the matter. */
  readonly retryable?: true;
};

type Words = { readonly why: string; readonly hint: string };

/** The error that a person reads: of names and actions alone. */
export function serviceErrorOf(failure: AwsFailure, subject: ServiceSubject): PlumbError {
  const { code, object, tried, retryable = mayPass(failure) } = subject;
  const { why, hint } = wordsFor(failure, subject)[failure.kind];
  const forRole = failure.role === undefined ? '' : `, to assume ${failure.role}`;
  return new PlumbError(code, `${object}: cannot ${tried}: ${why}${forRole}`, { object, hint, retryable });
}

function wordsFor(
  { action }: AwsFailure,
  { resource }: ServiceSubject,
): { readonly [kind in AwsFailure['kind']]: Words } {
  const unusable = { why: `AWS does not take ${action} as it is asked`, hint: 'Check its name, size and settings.' };
  return {
    absent: { why: 'AWS knows no such thing', hint: 'Check its name, its account and its region.' },
    denied: { why: `AWS denies ${action}`, hint: denialHint(action, resource) },
    credentials: {
      why: `AWS does not accept the credentials (${action})`,
      hint: 'Check that they are whole, not expired, and of an account that uses this region, and that the clock is right.',
    },
    'unknown-self': {
      why: `there are no AWS credentials to call ${action} with`,
      hint: 'Give Plumbline AWS credentials as every AWS program takes them.',
    },
    throttled: {
      why: `AWS asks to call ${action} less often`,
      hint: 'Try again later; if it stays so, ask AWS for a higher quota.',
    },
    unreachable: {
      why: `AWS does not answer ${action}`,
      hint: 'Try again later; if it stays so, check the network, the region and its endpoint there.',
    },
    refused: unusable,
    empty: unusable,
  };
}

function denialHint(action: string, resource: string): string {
  return action.startsWith('kms:')
    ? `Allow kms:GenerateDataKey and kms:Decrypt with the KMS key of ${resource} to Plumbline's role.`
    : `Allow ${action} on ${resource} to Plumbline's role.`;
}

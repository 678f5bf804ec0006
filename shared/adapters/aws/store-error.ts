import { type ErrorCode, SecretError } from '../../errors.ts';
import type { AwsFailure } from './aws-failure.ts';

/** What an error is to speak of. */
export type Subject = {
  /** Such as `SecretStore shop/aws`. */
  readonly object: string;
  /** What was tried, after "cannot". */
  readonly tried: string;
  readonly region: string;
  /** Who may lack a right; absent: the role of a store, or Plumbline. */
  readonly who?: string;
};

const codes: { readonly [kind in AwsFailure['kind']]: ErrorCode } = {
  absent: 'secret-absent',
  denied: 'secret-denied',
  credentials: 'secret-denied',
  'unknown-self': 'secret-denied',
  throttled: 'secret-unreachable',
  unreachable: 'secret-unreachable',
  refused: 'secret-invalid',
  empty: 'secret-invalid',
};

type Words = { readonly why: string; readonly hint: string };

/** The error that a person reads: of names and actions alone. */
export function secretErrorOf(failure: AwsFailure, subject: Subject): SecretError {
  const { object, tried } = subject;
  const { why, hint } = wordsFor(failure, subject);
  const forRole = failure.role === undefined ? '' : `, to assume ${failure.role}`;
  return new SecretError(codes[failure.kind], `${object}: cannot ${tried}: ${why}${forRole}`, { object, hint });
}

function wordsFor({ kind, action, role }: AwsFailure, { region, who }: Subject): Words {
  const words: { readonly [kind in AwsFailure['kind']]: Words } = {
    absent: { why: `AWS has none in ${region}`, hint: 'Check the name and the region of the store.' },
    denied: {
      why: `AWS denies ${action}`,
      hint: who === undefined ? denialHint(action, role) : `Allow ${action} on it, or with its KMS key, to ${who}.`,
    },
    credentials: {
      why: `AWS does not accept the credentials (${action})`,
      hint: 'Check that the credentials of the store, or of Plumbline where the store has none, are whole, not expired, and of an account that uses this region.',
    },
    'unknown-self': {
      why: `there are no AWS credentials to call ${action} with`,
      hint: 'Give Plumbline AWS credentials as every AWS program takes them, or give the store an auth of its own.',
    },
    throttled: {
      why: `AWS asks to call ${action} less often`,
      hint: 'It is tried again with the next sync; if it stays so, ask AWS for a higher quota.',
    },
    unreachable: {
      why: `AWS does not answer ${action} in ${region}`,
      hint: 'It is tried again with the next sync; if it stays so, check the region and the way to its endpoint.',
    },
    refused: { why: `AWS does not take ${action} as it is asked`, hint: 'Check the name, the version and the path.' },
    empty: { why: 'it has neither text nor bytes', hint: 'Put a value into it.' },
  };
  return words[kind];
}

function denialHint(action: string, role: string | undefined): string {
  if (role !== undefined)
    return `Allow ${action} (and sts:TagSession, where session tags are sent) on the role, and name the caller in its trust policy.`;
  if (action === 'kms:Decrypt')
    return 'Allow kms:Decrypt with the key that it is encrypted with, to the role of the store.';
  return `Allow ${action} on it to the role of the store, or to Plumbline's own where the store has none.`;
}

import { formatStore, type StoreRef } from '../../model/secret-store.ts';
import type { SecretAnswer } from '../../secret-ports.ts';
import type { Outcome } from './attempt.ts';
import type { AwsFailure } from './aws-failure.ts';
import type { ReadValue } from './sessions.ts';
import { secretErrorOf } from './store-error.ts';

/** What answers speak of. */
export type AnswerContext = { readonly ref: StoreRef; readonly region: string };

/** An outcome as the port gives it, in the words of the store that asked. */
export function toAnswer(outcome: Outcome<ReadValue>, key: string, { ref, region }: AnswerContext): SecretAnswer {
  if (outcome.ok) return { state: 'found', ...outcome.value };
  if (outcome.failure.kind === 'absent') return { state: 'absent' };
  const object = formatStore(ref);
  return { state: 'failed', error: secretErrorOf(outcome.failure, { object, tried: `read "${key}"`, region }) };
}

/** A failure of our own making. */
export function failed(kind: AwsFailure['kind'], action: string): { readonly ok: false; readonly failure: AwsFailure } {
  return { ok: false, failure: { kind, action } };
}

/** Tags as JSON, as Go writes it: sorted, without spaces, `<`, `>` and `&` escaped. */
export function tagsJson(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
): Uint8Array {
  const entries = tags.map(({ Key = '', Value = '' }) => [Key, Value] as const);
  const sorted = entries.sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  // By hand, since an object would move keys that look like numbers to the front.
  const members = sorted.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return Buffer.from(`{${members.join(',')}}`.replace(/[<>&\u2028\u2029]/g, escaped));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

import { SecretError } from '../../errors.ts';
import { revealSecret, type SecretValue } from '../../model/secret-value.ts';
import { type OpenedJson, openJson, propertyIn } from '../json/property.ts';
import { firstContainer } from '../json/scan.ts';
import type { Known, ReferenceAnswer } from './evaluation.ts';
import { withPlace } from './problems.ts';
import { type Reference, referenceKey } from './references.ts';
import type { Values } from './values.ts';

/** The one place of an evaluation that opens values. */
export type Reader = {
  readonly known: Known;
  /** Texts that were opened for a property; many rows read one secret. */
  readonly opened: Map<string, OpenedJson>;
};

/** An answer that is no failure; a failure is thrown as it is. */
export function answerTo(
  { known }: Reader,
  reference: Reference,
): Exclude<ReferenceAnswer, { readonly state: 'failed' }> {
  const answer = known.answers.get(referenceKey(reference));
  if (answer === undefined) throw unexpected();
  if (answer.state === 'failed') throw answer.error;
  return answer;
}

/** The value that was read, or a property of it. */
export function readValue(reader: Reader, reference: Reference, property: string | undefined): Uint8Array {
  const answer = answerTo(reader, reference);
  if (answer.state === 'absent') throw absent(reference);
  if (answer.state !== 'found') throw unexpected();
  if (property === undefined) return revealSecret(answer.value);
  return readProperty(reader, { key: referenceKey(reference), value: answer.value, property });
}

type Wanted = { readonly key: string; readonly value: SecretValue; readonly property: string };

function readProperty({ opened }: Reader, { key, value, property }: Wanted): Uint8Array {
  const json = opened.get(key) ?? openJson(revealSecret(value));
  opened.set(key, json);
  const answer = propertyIn(json, property);
  if (answer.found) return answer.bytes;
  if (answer.refused !== undefined) {
    throw new SecretError('secret-invalid', `the property asks for ${answer.refused}, which is not supported`, {
      hint: 'use keys, indexes, # and queries, or take the value apart in a template',
    });
  }
  const why =
    firstContainer(json.text) === undefined ? 'it is no JSON, and has no properties' : 'it has no such property';
  throw new SecretError('secret-invalid', `the secret is there, but ${why}`, {
    hint: 'correct property, or add it at the provider; only a JSON value has properties',
  });
}

/** All values that were found, by their names at the provider. */
export function readFound(reader: Reader, reference: Reference): Values {
  const answer = answerTo(reader, reference);
  if (answer.state === 'absent') throw absent(reference);
  if (answer.state !== 'list') throw unexpected();
  const values = new Map<string, Uint8Array>();
  for (const { key, answer: one } of answer.found) {
    if (one.state === 'failed') throw withPlace(`key ${key}`, one.error);
    if (one.state === 'found') values.set(key, revealSecret(one.value));
  }
  return values;
}

/** Values that are concealed, opened. */
export function opened(values: ReadonlyMap<string, SecretValue>): Values {
  return new Map([...values].map(([key, value]) => [key, revealSecret(value)]));
}

/** What the Secret in the cluster has for a key; undefined: there is no Secret. */
export function existingValue({ existing }: Known): ((key: string) => Uint8Array | undefined) | undefined {
  if (existing === undefined) return undefined;
  return (key) => {
    const value = existing.data.get(key);
    return value === undefined ? undefined : revealSecret(value);
  };
}

/** Marks that the provider has no such secret. */
class MissingSecret extends SecretError {}

/** Whether it is only that the provider has no such secret, which a deletion policy may let pass. */
export function isMissing(error: unknown): boolean {
  return error instanceof MissingSecret;
}

function absent(reference: Reference): SecretError {
  const hasVersion = reference.type === 'read' && reference.address.version !== undefined;
  return new MissingSecret(
    'secret-absent',
    `there is no such secret${hasVersion ? ', or it has no such version' : ''}`,
    {
      hint: 'create it at the provider, correct the key, or set a deletionPolicy other than Retain to do without it',
    },
  );
}

/** The error for an answer of the wrong kind. */
export function unexpected(): SecretError {
  return new SecretError('secret-invalid', 'there is no answer that fits', { hint: 'report it with the manifest' });
}

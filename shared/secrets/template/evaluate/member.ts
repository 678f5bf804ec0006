import { TemplateFailure } from '../go/failure.ts';
import { typeName } from '../go/type-name.ts';
import type { GoValue } from '../go/value.ts';
import type { GoFunction } from './go-function.ts';
import { findMethod } from './methods.ts';

/** What a missing key of a map is: an error, or nothing. */
export type MissingKey = 'error' | 'default';

/** What stands behind `.name`: a value, or a method to call. */
export type Member = { readonly value: GoValue } | { readonly method: GoFunction };

/** Looks up `.name` as Go does. */
export function findMember(receiver: GoValue, name: string, missingKey: MissingKey): Member {
  if (receiver === undefined || receiver === null) return findInNothing(name, { missingKey, isNil: receiver === null });
  const method = findMethod(receiver, name);
  if (method !== undefined) return { method };
  if (typeof receiver === 'object' && receiver.kind === 'map') {
    const value = receiver.entries.get(name);
    if (value === undefined && missingKey === 'error' && !receiver.entries.has(name)) throw missing(name);
    return { value };
  }
  if (typeof receiver === 'object' && receiver.kind === 'certificate') {
    if (name === 'Cert') return { value: receiver.certificate };
    if (name === 'Key') return { value: receiver.key };
  }
  throw new TemplateFailure(`there is no field ${name} in a ${typeName(receiver)}`);
}

function missing(name: string): TemplateFailure {
  return new TemplateFailure(
    `there is no key "${name}"`,
    'check the name of the key; index . "name" gives an empty text where a key is missing',
  );
}

type Nothing = { readonly missingKey: MissingKey; readonly isNil: boolean };

function findInNothing(name: string, { missingKey, isNil }: Nothing): Member {
  if (missingKey === 'error' || isNil) throw missing(name);
  return { value: undefined };
}

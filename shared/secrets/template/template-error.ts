import { SecretError } from '../../errors.ts';
import { decodeText } from './go/utf8.ts';

/** A byte of a template. */
export type TemplatePlace = { readonly name: string; readonly text: string; readonly at: number };

/** The error for a place in a template, built from the template's own names alone. */
export function templateError(place: TemplatePlace, reason: string, hint?: string): SecretError {
  const before = place.text.slice(0, place.at);
  const line = before.split('\n').length;
  const column = place.at - before.lastIndexOf('\n');
  return new SecretError('secret-template', `template ${place.name}:${line}:${column}: ${decodeText(reason)}`, {
    object: `template ${place.name}`,
    hint: hint ?? 'correct the template there',
  });
}

import { SecretError } from '../../errors.ts';
import type { TemplateText } from './rendered.ts';
import type { Values } from './values.ts';

const shortest = 4;

/**
 * Keys are not secret, so a template that makes a value, or a text that holds one, a key is refused. Keys that stand in the template, and the keys that the values
 * have, are no values.
 */
export function refuseValuesAsKeys({ name, text }: TemplateText, keys: readonly string[], values: Values): void {
  const suspect = keys.filter((key) => key.length >= shortest && !text.includes(key) && !values.has(key));
  if (suspect.length === 0) return;
  const texts = [...values.values()]
    .map((value) => Buffer.from(value).toString('utf8'))
    .filter((value) => value.length >= shortest);
  if (!suspect.some((key) => texts.some((value) => key.includes(value)))) return;
  throw new SecretError('secret-refused', `template ${name}: it makes a secret value a key, and keys are not secret`, {
    hint: 'write the keys in the template, and put values after them only',
  });
}

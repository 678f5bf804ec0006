import { isUtf8 } from 'node:buffer';
import { revealSecret, type SecretValue } from '../../model/secret-value.ts';

/**
 * The data of a Secret as one JSON object of texts, as External Secrets gives it: compact, with sorted keys.
 * Bytes that are no UTF-8 stay as they are between the quotes, so that a key that is taken out of it is what it was.
 */
export function secretJson(data: ReadonlyMap<string, SecretValue>): Uint8Array {
  const entries = [...data].map(([key, value]) => ({ key: Buffer.from(key), value: revealSecret(value) }));
  const members = entries
    .sort((left, right) => Buffer.compare(left.key, right.key))
    .flatMap(({ key, value }, index) => [
      Buffer.from(index === 0 ? '' : ','),
      quote(key),
      Buffer.from(':'),
      quote(value),
    ]);
  return Buffer.concat([Buffer.from('{'), ...members, Buffer.from('}')]);
}

/** A credential of a Secret as text, without white space around it. */
export function credentialText(value: SecretValue): string {
  return Buffer.from(revealSecret(value)).toString('utf8').trim();
}

function quote(bytes: Uint8Array): Uint8Array {
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  const text = JSON.stringify(Buffer.from(bytes).toString(encoding));
  return Buffer.from(encoding === 'utf8' ? text.replace(/[\u2028\u2029]/g, escapeSeparator) : text, encoding);
}

function escapeSeparator(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16)}`;
}

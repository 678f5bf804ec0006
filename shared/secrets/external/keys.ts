import { SecretError } from '../../errors.ts';
import type { Conversion } from './external-secret.ts';
import { sortedEntries, type Values } from './values.ts';

const illegal = /[^\p{L}\p{N}\-._]/gu;
const longest = 253;

/** Keys without the characters that a Secret's key may not have; two that become one are a SecretError. Keys may come from values, so none is named. */
export function convertKeys(conversion: Conversion, values: Values): Values {
  const converted = new Map<string, Uint8Array>();
  for (const [key, value] of sortedEntries(values)) {
    const name = key.replace(illegal, (character) => (conversion === 'Default' ? '_' : toUnicodeName(character)));
    if (converted.has(name)) throw collision();
    converted.set(name, value);
  }
  return converted;
}

function toUnicodeName(character: string): string {
  return `_U${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}_`;
}

function collision(): SecretError {
  return new SecretError(
    'secret-invalid',
    'two of its keys become one when characters are converted that a key may not have',
    {
      hint: 'set conversionStrategy: Unicode, or give the keys names of their own with rewrite',
    },
  );
}

/** The values whose key is not empty; a key that is too long or has a character that none may have is a SecretError. */
export function validateKeys(values: Values): Values {
  const kept = new Map<string, Uint8Array>();
  for (const [key, value] of values) {
    if (key === '') continue;
    if (Buffer.byteLength(key) > longest) throw tooLong();
    if (key.search(illegal) !== -1) throw wrongCharacter();
    kept.set(key, value);
  }
  return kept;
}

function tooLong(): SecretError {
  return new SecretError('secret-invalid', `one of its keys is longer than ${longest} bytes`, {
    hint: 'shorten the key with rewrite',
  });
}

function wrongCharacter(): SecretError {
  return new SecretError(
    'secret-invalid',
    'one of its keys has a character other than letters, digits, "-", "." and "_"',
    {
      hint: 'correct the key with rewrite; characters are converted only where there is no rewrite at all',
    },
  );
}

/** Whether Kubernetes takes a key of a Secret or ConfigMap. */
export function isDataKey(key: string): boolean {
  return /^[-._a-zA-Z0-9]{1,253}$/.test(key) && key !== '.' && !key.startsWith('..');
}

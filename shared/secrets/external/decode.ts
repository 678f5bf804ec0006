import { SecretError } from '../../errors.ts';
import type { Decoding } from './external-secret.ts';

/** The value that a decoding makes of one; SecretError, without a word of the value, when it cannot. `Auto` keeps what it cannot decode. */
export function decodeValue(decoding: Decoding, value: Uint8Array): Uint8Array {
  if (decoding === 'None') return value;
  const decoded = attempts[decoding].map((attempt) => attempt(value)).find((bytes) => bytes !== undefined);
  if (decoded !== undefined) return decoded;
  if (decoding === 'Auto') return value;
  throw new SecretError(
    'secret-invalid',
    `the value is not ${decoding === 'Base64' ? 'base64' : 'base64url'} with padding`,
    {
      hint: 'set decodingStrategy: None when the value is kept as it is, or correct it at the provider',
    },
  );
}

type Attempt = (value: Uint8Array) => Uint8Array | undefined;

const standard: Attempt = (value) => decodeStrictly(value, /^[A-Za-z0-9+/]*={0,2}$/);
const urlSafe: Attempt = (value) => decodeStrictly(value, /^[A-Za-z0-9_-]*={0,2}$/);

const attempts: { readonly [decoding in Exclude<Decoding, 'None'>]: readonly Attempt[] } = {
  Base64: [standard],
  Base64URL: [urlSafe],
  Auto: [standard, urlSafe],
};

/** As Go's decoder: line ends are skipped, padding is needed, anything else is wrong. */
function decodeStrictly(value: Uint8Array, alphabet: RegExp): Uint8Array | undefined {
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    .toString('latin1')
    .replace(/[\r\n]/g, '');
  if (text.length % 4 !== 0 || !alphabet.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, 'base64'));
}

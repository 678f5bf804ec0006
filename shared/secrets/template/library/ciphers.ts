import { createCipheriv, createDecipheriv } from 'node:crypto';
import { type FunctionTable, fixed } from '../evaluate/go-function.ts';
import { TemplateFailure } from '../go/failure.ts';
import { fromBytes, toBytes } from '../go/utf8.ts';
import { decodeBase64 } from './decode.ts';

const algorithm = 'aes-256-cbc';
const blockBytes = 16;

/** Sprig's AES: the password's first 32 bytes are the key. */
export const cipherFunctions: FunctionTable = {
  encryptAES: fixed(['string', 'string'], ([password, text], { randomBytes }) => {
    if (text === '') return '';
    const iv = Buffer.from(randomBytes(blockBytes));
    const cipher = createCipheriv(algorithm, toKey(password), iv);
    return Buffer.concat([iv, cipher.update(toBytes(text)), cipher.final()]).toString('base64');
  }),
  decryptAES: fixed(['string', 'string'], ([password, text]) => (text === '' ? '' : decrypt(password, text))),
};

function toKey(password: string): Buffer {
  const key = Buffer.alloc(32);
  toBytes(password).copy(key);
  return key;
}

function decrypt(password: string, text: string): string {
  const decoded = decodeBase64(text);
  if (typeof decoded === 'string' || decoded.length <= blockBytes || decoded.length % blockBytes !== 0)
    throw new TemplateFailure('it is given a text that encryptAES did not make');
  const decipher = createDecipheriv(algorithm, toKey(password), decoded.subarray(0, blockBytes)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(decoded.subarray(blockBytes)), decipher.final()]);
  const padding = padded.at(-1) ?? 0;
  // As in sprig, the padding is not looked at beyond its length.
  if (padding > padded.length) throw new TemplateFailure('it cannot be decrypted', 'check the password');
  return fromBytes(padded.subarray(0, padded.length - padding));
}

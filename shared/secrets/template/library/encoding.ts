import { type FunctionTable, fixed } from '../evaluate/go-function.ts';
import { fromBytes, toBytes } from '../go/utf8.ts';
import { decodeBase32, decodeBase64, decodeHex, encodeBase32 } from './decode.ts';

/** Encodings. As in sprig, a text that cannot be decoded gives the decoder's complaint, which then is the value. */
export const encodingFunctions: FunctionTable = {
  b64enc: fixed(['string'], ([text]) => toBytes(text).toString('base64')),
  b64dec: fixed(['string'], ([text]) => toResult(decodeBase64(text))),
  b32enc: fixed(['string'], ([text]) => encodeBase32(toBytes(text))),
  b32dec: fixed(['string'], ([text]) => toResult(decodeBase32(text))),
};

/** The one encoding that External Secrets adds to sprig's. */
export const hexFunctions: FunctionTable = {
  hexdec: fixed(['string'], ([text]) => toResult(decodeHex(text))),
};

function toResult(decoded: Uint8Array | string): string {
  return typeof decoded === 'string' ? decoded : fromBytes(decoded);
}

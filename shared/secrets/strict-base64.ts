const alphabet = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes of standard base64, line ends left out as Go does; undefined: it is not base64. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/[\r\n]/g, '');
  return alphabet.test(digits) ? Buffer.from(digits, 'base64') : undefined;
}

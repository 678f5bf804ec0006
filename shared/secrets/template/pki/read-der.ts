import { TemplateFailure } from '../go/failure.ts';

/** One DER element: its tag, its whole bytes and what it holds. */
export type DerElement = { readonly tag: number; readonly whole: Buffer; readonly body: Buffer };

/** The elements that follow each other in some bytes. */
export function readElements(bytes: Buffer): readonly DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const element = readElement(bytes.subarray(at));
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

/** The first element. */
export function readElement(bytes: Buffer): DerElement {
  const tag = bytes[0];
  const first = bytes[1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw malformed();
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || count > 4 || bytes.length < 2 + count) throw malformed();
  const length = count === 0 ? first : bytes.readUIntBE(2, count);
  const start = 2 + count;
  if (bytes.length < start + length) throw malformed();
  return { tag, whole: bytes.subarray(0, start + length), body: bytes.subarray(start, start + length) };
}

function malformed(): TemplateFailure {
  return new TemplateFailure('it is given bytes that are no DER');
}

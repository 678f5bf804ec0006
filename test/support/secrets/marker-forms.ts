/** One way to write a marker, or a part of one. */
export type Form = { readonly form: string; readonly pattern: Buffer };

/** Of the marker, what a person could learn something from. */
const windowBytes = 8;

/**
 * Every form in which a value may come to light. Of the value itself, of base64 and of hex each window of eight characters (of
 * hex: eight bytes) is looked for, so that a part is found too; of escaped forms, which are the same text but for a few characters, all.
 */
export function formsOf(value: Buffer): readonly Form[] {
  if (value.length < windowBytes) throw new Error('a marker needs eight bytes');
  const text = value.toString('utf8');
  const isText = Buffer.from(text).equals(value);
  const forms = [
    ...windows('raw', value),
    ...windows('reversed', Buffer.from(value).reverse()),
    ...[0, 1, 2].flatMap((shift) => windows(`base64, alignment ${shift}`, base64(value, shift))),
    ...[0, 1, 2].flatMap((shift) => windows(`base64url, alignment ${shift}`, base64url(value, shift))),
    ...windows('base64 reversed', base64(value, 0).reverse()),
    ...windows('hex', Buffer.from(value.toString('hex')), 2 * windowBytes),
    ...windows('hex in capitals', Buffer.from(value.toString('hex').toUpperCase()), 2 * windowBytes),
    ...(isText ? escaped(text) : [{ form: 'URL-escaped', pattern: Buffer.from(percent(value)) }]),
  ];
  const seen = new Set<string>();
  return forms.filter(({ pattern }) => {
    const key = pattern.toString('latin1');
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Forms of a text in which other characters are escaped; those that change nothing are the text itself. */
function escaped(text: string): readonly Form[] {
  const json = JSON.stringify(text).slice(1, -1);
  const forms = {
    'URL-escaped': encodeURIComponent(text),
    'URL-escaped as a form': new URLSearchParams([['', text]]).toString().slice(1),
    'URL-escaped throughout': percent(Buffer.from(text)),
    'JSON-escaped': json,
    'JSON-escaped as Go does': json.replace(/[<>&]/g, unicodeEscape),
    'JSON-escaped twice': JSON.stringify(json).slice(1, -1),
    'JSON-escaped to ASCII': json.replace(/[^\x20-\x7e]/g, unicodeEscape),
    'HTML-escaped': text.replace(/[&<>"']/g, (character) => `&${entities[character]};`),
    'HTML-escaped in numbers': text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
    'HTML-escaped as Go does': text.replace(/[&<>"']/g, (character) => `&${goEntities[character]};`),
  };
  return Object.entries(forms).map(([form, pattern]) => ({ form, pattern: Buffer.from(pattern) }));
}

const entities: { readonly [character: string]: string } = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};
const goEntities: { readonly [character: string]: string } = { ...entities, '"': '#34', "'": '#39' };

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function percent(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** Without the characters that other bytes around it have a part in. */
function base64(value: Buffer, shift: number): Buffer {
  const text = Buffer.concat([Buffer.alloc(shift), value])
    .toString('base64')
    .replace(/=+$/, '');
  const isCut = (shift + value.length) % 3 !== 0;
  return Buffer.from(text.slice(shift === 0 ? 0 : shift + 1, isCut ? -1 : undefined));
}

function base64url(value: Buffer, shift: number): Buffer {
  return Buffer.from(base64(value, shift).toString().replaceAll('+', '-').replaceAll('/', '_'));
}

function windows(form: string, bytes: Buffer, length = windowBytes): readonly Form[] {
  const count = Math.max(0, bytes.length - length + 1);
  return Array.from({ length: count }, (_, at) => ({ form, pattern: bytes.subarray(at, at + length) }));
}

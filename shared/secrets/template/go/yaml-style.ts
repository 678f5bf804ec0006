import { parseFloating, parseInteger, parseUnsigned } from './parse-number.ts';

/** How a text is written in YAML. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal';

const words: ReadonlySet<string> = new Set(
  (
    ' y Y yes Yes YES on On ON true True TRUE n N no No NO off Off OFF false False FALSE ~ null Null NULL ' +
    '.nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF'
  ).split(' '),
);

const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const baseSixty = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const timestamp =
  /^[0-9]{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])(?:(?:[Tt]| )[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})?)?$/;

/** True when a text would be read back as something else than text. */
function isOtherType(text: string): boolean {
  if (words.has(text) || baseSixty.test(text)) return true;
  if (text.startsWith('.')) return parseFloating(text) !== undefined;
  if (!/^[-+0-9]/.test(text)) return false;
  if (timestamp.test(text)) return true;
  const digits = text.replaceAll('_', '');
  return (
    parseInteger(digits) !== undefined || parseUnsigned(digits) !== undefined || float.test(digits) || isBinary(digits)
  );
}

function isBinary(digits: string): boolean {
  return /^-?0b[-+]?[01]{1,63}$/.test(digits);
}

/** Where a scalar stands. */
export type ScalarPlace = { readonly isSimpleKey: boolean };

/** The style that Go's YAML writes a text in. */
export function chooseStyle(text: string, { isSimpleKey }: ScalarPlace): ScalarStyle {
  const allowed = analyze(text);
  if (text.includes('\n')) return allowed.block && !isSimpleKey ? 'literal' : 'double';
  if (isOtherType(text)) return 'double';
  if (allowed.plain && (text !== '' || !isSimpleKey)) return 'plain';
  return allowed.single ? 'single' : 'double';
}

type Allowed = { readonly plain: boolean; readonly single: boolean; readonly block: boolean };

function analyze(text: string): Allowed {
  const isSpecial = hasUnprintable(text) || / \n/.test(text);
  const isEdged = /^[ \n]|[ \n]$/.test(text);
  return {
    plain: !isSpecial && !isEdged && !text.includes('\n') && !hasIndicator(text),
    single: !isSpecial && !/\n /.test(text),
    block: !isSpecial && !text.endsWith(' '),
  };
}

/** Characters with a meaning in YAML, where they have it outside of brackets. */
function hasIndicator(text: string): boolean {
  return /^(?:---|\.\.\.)|^[#,[\]{}&*!|>'"%@`]|^[-?:](?=[\s]|$)|:(?=[\s]|$)|(?<=\s)#/.test(text);
}

/** What Go's YAML cannot print as it is: control characters, and all beyond U+FFFF. */
export function isUnprintable(rune: string): boolean {
  const code = rune.codePointAt(0) ?? 0;
  if (code === 0x0a || (code >= 0x20 && code <= 0x7e)) return false;
  return (
    code < 0xa0 ||
    code > 0xffff ||
    code === 0xfeff ||
    code === 0xfffe ||
    code === 0xffff ||
    (code >= 0xd800 && code <= 0xdfff)
  );
}

function hasUnprintable(text: string): boolean {
  return [...text].some(isUnprintable);
}

const shortEscapes: { readonly [letter: string]: string } = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

// Of one character a byte, what is outside the range from a space to the last byte is a control character.
const special = /\\(?:u([0-9a-fA-F]{4})|(.))?|[^ -\xff]/gs;

/**
 * What the inside of a JSON string stands for, one character a byte before and after. At a wrong escape or a control
 * character it ends, as gjson's does; half a surrogate pair becomes U+FFFD.
 */
export function unescapeJson(inside: string): string {
  if (!/\\|[^ -\xff]/.test(inside)) return inside;
  let text = '';
  let from = 0;
  for (const found of inside.matchAll(special)) {
    if (found.index < from) continue;
    text += inside.slice(from, found.index);
    const step = readEscape(inside, found);
    if (step === undefined) return text;
    text += step.text;
    from = step.end;
  }
  return text + inside.slice(from);
}

type Step = { readonly text: string; readonly end: number };

function readEscape(inside: string, found: RegExpExecArray): Step | undefined {
  const [whole, hex, letter] = found;
  const end = found.index + whole.length;
  if (hex === undefined) {
    const text = letter === undefined ? undefined : shortEscapes[letter];
    return text === undefined ? undefined : { text, end };
  }
  const unit = Number.parseInt(hex, 16);
  const low = lowSurrogateAt(inside, end);
  if (unit >= 0xd800 && unit < 0xdc00 && low !== undefined)
    return { text: toUtf8(String.fromCharCode(unit, low)), end: end + 6 };
  return { text: toUtf8(unit >= 0xd800 && unit < 0xe000 ? '\ufffd' : String.fromCharCode(unit)), end };
}

function lowSurrogateAt(inside: string, at: number): number | undefined {
  const hex = /^\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(inside.slice(at, at + 6))?.[1];
  return hex === undefined ? undefined : Number.parseInt(hex, 16);
}

function toUtf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

import { parseFloating, parseInteger, parseUnsigned } from '../go/parse-number.ts';
import { toRunes } from '../go/utf8.ts';
import type { NumberNode } from './node.ts';
import { SyntaxFailure } from './syntax-failure.ts';
import type { Token } from './token.ts';
import { unquote } from './unquote.ts';

const highest = 2 ** 63;

/** A number or character constant. */
export function readNumber({ type, text, at }: Token): NumberNode {
  return type === 'character' ? readCharacter(text, at) : readDigits(text, at);
}

function readCharacter(text: string, at: number): NumberNode {
  const runes = toRunes(unquote(text, at));
  const rune = runes[0];
  if (rune === undefined || runes.length > 1)
    throw new SyntaxFailure(at, 'a character constant holds exactly one character');
  const isByte = /^'\\(?:x|[0-3])/.test(text);
  const code = isByte ? rune.bytes.charCodeAt(0) : (rune.text.codePointAt(0) ?? 0);
  return { type: 'number', at, integer: BigInt(code), unsigned: BigInt(code), float: code, isFloating: false };
}

function readDigits(text: string, at: number): NumberNode {
  const integer = parseInteger(text);
  const unsigned = integer === 0n ? 0n : parseUnsigned(text);
  const isHex = /^0[xX]/.test(text) && !/[pP]/.test(text);
  const isFloating = !isHex && /[.eEpP]/.test(text);
  if (integer !== undefined || unsigned !== undefined)
    return { type: 'number', at, integer, unsigned, float: Number(integer ?? unsigned), isFloating };
  const float = parseFloating(text);
  if (float === undefined || !isFloating) throw new SyntaxFailure(at, 'a number is malformed, or too large for Go');
  const isWhole = Number.isInteger(float) && Math.abs(float) < highest;
  const whole = isWhole ? BigInt(float) : undefined;
  return {
    type: 'number',
    at,
    integer: whole,
    unsigned: whole !== undefined && whole >= 0n ? whole : undefined,
    float,
    isFloating,
  };
}

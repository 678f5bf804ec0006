import type { Environment } from '../evaluate/environment.ts';
import { type FunctionTable, fixed, type GoFunction } from '../evaluate/go-function.ts';
import { TemplateFailure } from '../go/failure.ts';
import { toRunes } from '../go/utf8.ts';
import { toInt } from '../go/value.ts';

const digits = '0123456789';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

/** Sprig's random functions. Their randomness comes in; what they make differs from render to render. */
export const randomFunctions: FunctionTable = {
  randAlphaNum: text(letters + digits),
  randAlpha: text(letters),
  randNumeric: text(digits),
  randAscii: text(printable),
  randInt: fixed(['int', 'int'], ([min, max], environment) => {
    if (max <= min) throw new TemplateFailure('the range has no numbers in it');
    return toInt(min + randomBelow(max - min, environment));
  }),
  randBytes: fixed(['int'], ([count], environment) => {
    checkCount(count, environment);
    return Buffer.from(environment.randomBytes(count)).toString('base64');
  }),
  shuffle: fixed(['string'], ([value], environment) => {
    const runes = toRunes(value).map(({ bytes }) => bytes);
    environment.budget.spend(runes.length);
    for (let at = runes.length - 1; at > 0; at -= 1) {
      const other = randomBelow(at + 1, environment);
      [runes[at], runes[other]] = [runes[other] ?? '', runes[at] ?? ''];
    }
    return runes.join('');
  }),
  uuidv4: fixed([], (_none, { randomBytes }) => {
    const bytes = Buffer.from(randomBytes(16));
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }),
};

function text(alphabet: string): GoFunction {
  return fixed(['int'], ([count], environment) => {
    if (count < 0) return '';
    environment.budget.spend(count);
    return Array.from({ length: count }, () => alphabet.charAt(randomBelow(alphabet.length, environment))).join('');
  });
}

function checkCount(count: number, { budget }: Environment): void {
  if (count < 0) throw new TemplateFailure('a text cannot be shorter than 0');
  budget.spend(count);
}

/** A number from 0 up to a limit, each as likely as the others. */
function randomBelow(limit: number, { randomBytes, budget }: Environment): number {
  const range = 2n ** 64n;
  const wanted = BigInt(limit);
  while (true) {
    budget.spend(1);
    const value = BigInt(`0x${Buffer.from(randomBytes(8)).toString('hex')}`);
    if (value < range - (range % wanted)) return Number(value % wanted);
  }
}

import { type FunctionTable, fixed, type GoFunction, variadic } from '../evaluate/go-function.ts';
import type { Budget } from '../go/budget.ts';
import { TemplateFailure } from '../go/failure.ts';
import { formatValue } from '../go/format-value.ts';
import { parseDecimal, parseRadix } from '../go/parse-number.ts';
import { type GoValue, toFloat, toInt, toInt64, toTypedList } from '../go/value.ts';
import { toFloating, toInteger } from './cast.ts';
import {
  addDecimals,
  type Decimal,
  divideDecimals,
  fromDecimal,
  multiplyDecimals,
  subtractDecimals,
  toDecimal,
} from './decimal.ts';

const int64 = (value: bigint): bigint => BigInt.asIntN(64, value);

function checkDivisor(value: bigint): bigint {
  if (value === 0n) throw new TemplateFailure('a number is divided by zero');
  return value;
}

/** The largest or smallest of all. */
function pickInteger(isBetter: (candidate: bigint, best: bigint) => boolean): GoFunction {
  return variadic({ parameters: ['any'], rest: 'any' }, ([first], more) => {
    const numbers = more.map(toInteger);
    return toInt64(
      numbers.reduce((best, candidate) => (isBetter(candidate, best) ? candidate : best), toInteger(first)),
    );
  });
}

function pickFloat(pick: (a: number, b: number) => number): GoFunction {
  return variadic({ parameters: ['any'], rest: 'any' }, ([first], more) =>
    toFloat(more.map(toFloating).reduce((best, candidate) => pick(best, candidate), toFloating(first))),
  );
}

type Operation = (a: Decimal, b: Decimal) => Decimal;

function calculate(first: GoValue, others: readonly GoValue[], operation: Operation): GoValue {
  const result = others.reduce<Decimal>(
    (sum, other) => operation(sum, toDecimal(toFloating(other))),
    toDecimal(toFloating(first)),
  );
  return toFloat(fromDecimal(result));
}

function decimals(operation: Operation): GoFunction {
  return variadic({ parameters: ['any'], rest: 'any' }, ([first], others) => calculate(first, others, operation));
}

const max = pickInteger((candidate, best) => candidate > best);

/** Sprig's functions for numbers. */
export const numberFunctions: FunctionTable = {
  atoi: fixed(['string'], ([text]) => toInt(atoi(text))),
  int: fixed(['any'], ([value]) => toInt(toInteger(value))),
  int64: fixed(['any'], ([value]) => toInt64(toInteger(value))),
  float64: fixed(['any'], ([value]) => toFloat(toFloating(value))),
  toDecimal: fixed(['any'], ([value], { budget }) => toInt64(parseRadix(formatValue(value, budget), 8) ?? 0n)),
  add1: fixed(['any'], ([value]) => toInt64(toInteger(value) + 1n)),
  add: variadic({ parameters: [], rest: 'any' }, (_none, values) =>
    toInt64(values.reduce<bigint>((sum, value) => sum + toInteger(value), 0n)),
  ),
  sub: fixed(['any', 'any'], ([a, b]) => toInt64(toInteger(a) - toInteger(b))),
  div: fixed(['any', 'any'], ([a, b]) => toInt64(toInteger(a) / checkDivisor(toInteger(b)))),
  mod: fixed(['any', 'any'], ([a, b]) => toInt64(toInteger(a) % checkDivisor(toInteger(b)))),
  mul: variadic({ parameters: ['any'], rest: 'any' }, ([first], more) =>
    toInt64(more.reduce<bigint>((product, value) => int64(product * toInteger(value)), toInteger(first))),
  ),
  add1f: fixed(['any'], ([value]) => calculate(value, [toInt(1)], addDecimals)),
  addf: variadic({ parameters: [], rest: 'any' }, (_none, values) => calculate(toFloat(0), values, addDecimals)),
  subf: decimals(subtractDecimals),
  mulf: decimals(multiplyDecimals),
  divf: decimals((a, b) => {
    const quotient = divideDecimals(a, b);
    if (quotient === undefined) throw new TemplateFailure('a number is divided by zero');
    return quotient;
  }),
  max,
  biggest: max,
  min: pickInteger((candidate, best) => candidate < best),
  maxf: pickFloat(Math.max),
  minf: pickFloat(Math.min),
  ceil: fixed(['any'], ([value]) => toFloat(Math.ceil(toFloating(value)))),
  floor: fixed(['any'], ([value]) => toFloat(Math.floor(toFloating(value)))),
  round: variadic({ parameters: ['any', 'int'], rest: 'float64' }, ([value, places], [roundOn = 0.5]) =>
    toFloat(round(toFloating(value), places, roundOn)),
  ),
  until: fixed(['int'], ([count], { budget }) => toSteps({ start: 0, stop: count, step: count < 0 ? -1 : 1 }, budget)),
  untilStep: fixed(['int', 'int', 'int'], ([start, stop, step], { budget }) => toSteps({ start, stop, step }, budget)),
  seq: variadic({ parameters: [], rest: 'int' }, (_none, numbers, { budget }) => sequence(numbers, budget)),
};

/** strconv.Atoi whose error is dropped: a number beyond int64 is its nearest end. */
function atoi(text: string): bigint {
  const value = parseDecimal(text);
  if (value !== undefined || !/^[-+]?[0-9]+$/.test(text)) return value ?? 0n;
  return text.startsWith('-') ? -(2n ** 63n) : 2n ** 63n - 1n;
}

function round(value: number, places: number, roundOn: number): number {
  const power = 10 ** places;
  const digit = power * value;
  const fraction = digit - Math.trunc(digit);
  return (fraction >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power;
}

type Steps = { readonly start: number; readonly stop: number; readonly step: number };

function countSteps({ start, stop, step }: Steps, budget: Budget): readonly number[] {
  const isDown = stop < start;
  if (isDown ? step >= 0 : step <= 0) return [];
  const length = Math.max(0, Math.ceil((stop - start) / step));
  budget.spend(length);
  return Array.from({ length }, (_, index) => start + index * step);
}

function toSteps(steps: Steps, budget: Budget): GoValue {
  return toTypedList('int', countSteps(steps, budget).map(toInt));
}

function sequence(numbers: readonly number[], budget: Budget): string {
  const steps = readSequence(numbers);
  return steps === undefined ? '' : countSteps(steps, budget).join(' ');
}

function readSequence(numbers: readonly number[]): Steps | undefined {
  const [first = 0, second = 0, third = 0] = numbers;
  if (numbers.length === 1) return upTo(1, first, first < 1 ? -1 : 1);
  if (numbers.length === 2) return upTo(first, second, second < first ? -1 : 1);
  if (numbers.length !== 3 || (third < first && second > 0)) return undefined;
  return { start: first, stop: third + (third < first ? -1 : 1), step: second };
}

function upTo(start: number, end: number, step: number): Steps {
  return { start, stop: end + step, step };
}

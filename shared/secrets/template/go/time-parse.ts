import { monthName, weekdayName } from './time.ts';
import { tokenizeLayout } from './time-layout.ts';
import type { GoTime, Zone } from './value.ts';

type Fields = {
  year: number;
  month: number;
  day: number;
  yearDay: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  isAfternoon: boolean | undefined;
  zone: Zone | undefined;
};

type Reader = { rest: string; readonly fields: Fields };
type Step = (reader: Reader) => boolean;

/** The time that a text stands for in a Go layout, in UTC where the text names no zone; undefined when it does not fit. */
export function parseTime(layout: string, text: string): GoTime | undefined {
  const fields: Fields = {
    year: 0,
    month: 0,
    day: -1,
    yearDay: 0,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    isAfternoon: undefined,
    zone: undefined,
  };
  const reader: Reader = { rest: text, fields };
  const tokens = tokenizeLayout(layout);
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    const fits = token.isPlaceholder
      ? readPlaceholder(reader, token.text, next?.text ?? '')
      : readLiteral(reader, token.text);
    if (!fits) return undefined;
  }
  return reader.rest === '' ? toTime(fields) : undefined;
}

function readLiteral(reader: Reader, literal: string): boolean {
  let wanted = literal;
  while (wanted !== '') {
    if (wanted.startsWith(' ')) {
      if (reader.rest !== '' && !reader.rest.startsWith(' ')) return false;
      wanted = wanted.replace(/^ +/, '');
      reader.rest = reader.rest.replace(/^ +/, '');
      continue;
    }
    if (reader.rest.charAt(0) !== wanted.charAt(0)) return false;
    wanted = wanted.slice(1);
    reader.rest = reader.rest.slice(1);
  }
  return true;
}

const number =
  (
    pattern: RegExp,
    field: 'year' | 'month' | 'day' | 'yearDay' | 'hour' | 'minute' | 'second',
    limits: readonly [number, number],
  ): Step =>
  (reader) => {
    const digits = take(reader, pattern);
    if (digits === undefined) return false;
    const value = Number(digits);
    reader.fields[field] = value;
    return value >= limits[0] && value <= limits[1];
  };

const named =
  (names: readonly string[], store: (fields: Fields, index: number) => void): Step =>
  (reader) => {
    const index = names.findIndex((name) => reader.rest.toLowerCase().startsWith(name.toLowerCase()));
    if (index < 0) return false;
    reader.rest = reader.rest.slice(names[index]?.length ?? 0);
    store(reader.fields, index);
    return true;
  };

const monthNames = Array.from({ length: 12 }, (_, index) => monthName(index + 1));
const dayNames = Array.from({ length: 7 }, (_, index) => weekdayName(index));
const short = (names: readonly string[]): readonly string[] => names.map((name) => name.slice(0, 3));
const setMonth = (fields: Fields, index: number): void => {
  fields.month = index + 1;
};
const ignore = (): void => {};
const half: Step = (reader) => {
  const text = take(reader, /^[AP]M/i);
  if (text === undefined) return false;
  reader.fields.isAfternoon = text.toUpperCase() === 'PM';
  return true;
};
const twoDigitYear: Step = (reader) => {
  const digits = take(reader, /^\d\d/);
  if (digits === undefined) return false;
  reader.fields.year = Number(digits) + (Number(digits) >= 69 ? 1900 : 2000);
  return true;
};

const steps: ReadonlyMap<string, Step> = new Map<string, Step>([
  ['2006', number(/^\d{4}/, 'year', [0, 9999])],
  ['06', twoDigitYear],
  ['January', named(monthNames, setMonth)],
  ['Jan', named(short(monthNames), setMonth)],
  ['1', number(/^\d{1,2}/, 'month', [1, 12])],
  ['01', number(/^\d\d/, 'month', [1, 12])],
  ['Monday', named(dayNames, ignore)],
  ['Mon', named(short(dayNames), ignore)],
  ['2', number(/^\d{1,2}/, 'day', [0, 99])],
  ['_2', number(/^ ?\d{1,2}/, 'day', [0, 99])],
  ['02', number(/^\d\d/, 'day', [0, 99])],
  ['002', number(/^\d{3}/, 'yearDay', [1, 366])],
  ['__2', number(/^ {0,2}\d{1,3}/, 'yearDay', [1, 366])],
  ['15', number(/^\d{1,2}/, 'hour', [0, 23])],
  ['3', number(/^\d{1,2}/, 'hour', [0, 12])],
  ['03', number(/^\d\d/, 'hour', [0, 12])],
  ['4', number(/^\d{1,2}/, 'minute', [0, 59])],
  ['04', number(/^\d\d/, 'minute', [0, 59])],
  ['5', number(/^\d{1,2}/, 'second', [0, 59])],
  ['05', number(/^\d\d/, 'second', [0, 59])],
  ['PM', half],
  ['pm', half],
  ['MST', readAbbreviation],
]);

function readPlaceholder(reader: Reader, text: string, next: string): boolean {
  const step = steps.get(text);
  if (step === undefined) return /^[.,]/.test(text) ? readFraction(reader, text) : readOffset(reader, text);
  if (!step(reader)) return false;
  // A fraction is read after seconds even where the layout has none.
  if ((text === '05' || text === '5') && !/^[.,][09]/.test(next) && /^[.,]\d/.test(reader.rest)) readDigits(reader);
  return true;
}

function readDigits(reader: Reader): void {
  const digits = take(reader, /^[.,]\d+/) ?? '';
  reader.fields.nanosecond = Number(digits.slice(1, 10).padEnd(9, '0'));
}

function readFraction(reader: Reader, text: string): boolean {
  if (text[1] === '9') {
    if (/^[.,]\d/.test(reader.rest)) readDigits(reader);
    return true;
  }
  const digits = take(reader, new RegExp(`^[.,]\\d{${text.length - 1}}`));
  if (digits === undefined) return false;
  reader.fields.nanosecond = Number(digits.slice(1, 10).padEnd(9, '0'));
  return true;
}

function readOffset(reader: Reader, text: string): boolean {
  if (text.startsWith('Z') && reader.rest.startsWith('Z')) {
    reader.rest = reader.rest.slice(1);
    reader.fields.zone = 'UTC';
    return true;
  }
  const pattern = text.slice(1).replace('07', '(\\d\\d)').replaceAll('00', '(\\d\\d)');
  const match = new RegExp(`^([-+])${pattern}`).exec(reader.rest);
  if (match === null) return false;
  const [whole, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  if (Number(hours) > 24 || Number(minutes) > 59 || Number(seconds) > 59) return false;
  reader.rest = reader.rest.slice(whole.length);
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  reader.fields.zone = size === 0 ? 'UTC' : { name: '', offsetSeconds: sign === '-' ? -size : size };
  return true;
}

function readAbbreviation(reader: Reader): boolean {
  const name = take(reader, /^(?:UTC|[A-Z]{3}(?![A-Z])|[A-Z]{3}T|ChST|MeST)/);
  if (name === undefined) return false;
  reader.fields.zone = name === 'UTC' ? 'UTC' : { name, offsetSeconds: 0 };
  return true;
}

function take(reader: Reader, pattern: RegExp): string | undefined {
  const text = pattern.exec(reader.rest)?.[0];
  if (text !== undefined) reader.rest = reader.rest.slice(text.length);
  return text;
}

function toTime(fields: Fields): GoTime | undefined {
  const { year, minute, second } = fields;
  const hour = toHour(fields);
  const month = fields.yearDay > 0 ? 1 : fields.month || 1;
  const day = fields.yearDay > 0 ? fields.yearDay : fields.day < 0 ? 1 : fields.day;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (fields.yearDay === 0 && (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)) return undefined;
  const local = BigInt(date.getTime() / 1000 + hour * 3600 + minute * 60 + second);
  const zone = fields.zone ?? 'UTC';
  const offset = typeof zone === 'string' ? 0 : zone.offsetSeconds;
  const time: GoTime = {
    kind: 'time',
    nanoseconds: (local - BigInt(offset)) * 1_000_000_000n + BigInt(fields.nanosecond),
    zone,
  };
  return time;
}

function toHour({ hour, isAfternoon }: Fields): number {
  if (isAfternoon === true && hour < 12) return hour + 12;
  return isAfternoon === false && hour === 12 ? 0 : hour;
}

import { tokenizeLayout } from './time-layout.ts';
import type { GoTime } from './value.ts';
import { abbreviateZone, offsetSeconds } from './zone.ts';

/** Go's zero time, the first of January of the year 1. */
export const zeroTime: GoTime = { kind: 'time', nanoseconds: -62_135_596_800_000_000_000n, zone: 'UTC' };

/** A time's calendar in its own zone. */
export type Calendar = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  readonly weekday: number;
  readonly yearDay: number;
  readonly offset: number;
};

const months = 'January February March April May June July August September October November December'.split(' ');
const weekdays = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** The English name of a month, 1 to 12. */
export function monthName(month: number): string {
  return months[month - 1] ?? '';
}

/** The English name of a day of the week, 0 is Sunday. */
export function weekdayName(weekday: number): string {
  return weekdays[weekday] ?? '';
}

/** Rounds down, as Go does for times before 1970. */
function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

/** The time as whole seconds since 1970. */
export function toUnix(time: GoTime): bigint {
  return floorDivide(time.nanoseconds, 1_000_000_000n);
}

/** A calendar of a time. */
export function toCalendar(time: GoTime): Calendar {
  const seconds = Number(toUnix(time));
  const offset = offsetSeconds(time.zone, seconds * 1000);
  const date = new Date((seconds + offset) * 1000);
  const start = new Date(0);
  start.setUTCFullYear(date.getUTCFullYear(), 0, 1);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond: Number(time.nanoseconds - toUnix(time) * 1_000_000_000n),
    weekday: date.getUTCDay(),
    yearDay: Math.floor((date.getTime() - start.getTime()) / 86_400_000) + 1,
    offset,
  };
}

/** A time as Go's Format writes it for a layout. */
export function formatTime(time: GoTime, layout: string): string {
  const calendar = toCalendar(time);
  const parts = tokenizeLayout(layout).map(({ text, isPlaceholder }) =>
    isPlaceholder ? formatPlaceholder(text, calendar, time) : text,
  );
  return parts.join('');
}

type Formatter = (calendar: Calendar, time: GoTime) => string;

const two = (value: number): string => String(value).padStart(2, '0');
const twelve = (hour: number): number => (hour % 12 === 0 ? 12 : hour % 12);

const formatters: ReadonlyMap<string, Formatter> = new Map<string, Formatter>([
  ['2006', ({ year }) => (year < 0 ? '-' : '') + String(Math.abs(year)).padStart(4, '0')],
  ['06', ({ year }) => two(((year % 100) + 100) % 100)],
  ['January', ({ month }) => monthName(month)],
  ['Jan', ({ month }) => monthName(month).slice(0, 3)],
  ['1', ({ month }) => String(month)],
  ['01', ({ month }) => two(month)],
  ['Monday', ({ weekday }) => weekdayName(weekday)],
  ['Mon', ({ weekday }) => weekdayName(weekday).slice(0, 3)],
  ['2', ({ day }) => String(day)],
  ['_2', ({ day }) => String(day).padStart(2, ' ')],
  ['02', ({ day }) => two(day)],
  ['__2', ({ yearDay }) => String(yearDay).padStart(3, ' ')],
  ['002', ({ yearDay }) => String(yearDay).padStart(3, '0')],
  ['15', ({ hour }) => two(hour)],
  ['3', ({ hour }) => String(twelve(hour))],
  ['03', ({ hour }) => two(twelve(hour))],
  ['4', ({ minute }) => String(minute)],
  ['04', ({ minute }) => two(minute)],
  ['5', ({ second }) => String(second)],
  ['05', ({ second }) => two(second)],
  ['PM', ({ hour }) => (hour >= 12 ? 'PM' : 'AM')],
  ['pm', ({ hour }) => (hour >= 12 ? 'pm' : 'am')],
  ['MST', (_calendar, time) => abbreviateZone(time.zone, Number(toUnix(time)) * 1000)],
]);

function formatPlaceholder(text: string, calendar: Calendar, time: GoTime): string {
  const formatter = formatters.get(text);
  if (formatter !== undefined) return formatter(calendar, time);
  if (/^[.,]/.test(text)) return formatFraction(text, calendar.nanosecond);
  return formatOffset(text, calendar.offset);
}

function formatFraction(text: string, nanosecond: number): string {
  const digits = String(nanosecond)
    .padStart(9, '0')
    .slice(0, text.length - 1);
  if (text[1] === '0') return text.charAt(0) + digits;
  const trimmed = digits.replace(/0+$/, '');
  return trimmed === '' ? '' : text.charAt(0) + trimmed;
}

function formatOffset(text: string, offset: number): string {
  if (text.startsWith('Z') && offset === 0) return 'Z';
  const size = Math.abs(offset);
  const hours = two(Math.floor(size / 3600));
  const minutes = two(Math.floor(size / 60) % 60);
  const seconds = two(size % 60);
  const colon = text.includes(':') ? ':' : '';
  const pattern = text.slice(1).replaceAll(':', '');
  const parts = pattern === '07' ? [hours] : pattern === '0700' ? [hours, minutes] : [hours, minutes, seconds];
  return (offset < 0 ? '-' : '+') + parts.join(colon);
}

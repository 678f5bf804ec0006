import type { Environment } from '../evaluate/environment.ts';
import { type FunctionTable, fixed, type GoFunction } from '../evaluate/go-function.ts';
import { formatGoDuration, parseGoDuration } from '../go/duration.ts';
import { TemplateFailure } from '../go/failure.ts';
import { parseDecimal } from '../go/parse-number.ts';
import { formatTime, toUnix, zeroTime } from '../go/time.ts';
import { parseTime } from '../go/time-parse.ts';
import { decodeText, encodeText } from '../go/utf8.ts';
import type { GoTime, GoValue, Zone } from '../go/value.ts';
import { findZone } from '../go/zone.ts';

const second = 1_000_000_000n;

function nowOf({ now }: Environment): GoTime {
  return { kind: 'time', nanoseconds: BigInt(now.getTime()) * 1_000_000n, zone: 'UTC' };
}

/** A time, or an integer's seconds since 1970; anything else is now. */
function toTime(value: GoValue, environment: Environment): GoTime {
  if (typeof value === 'object' && value?.kind === 'time') return value;
  const isSeconds =
    typeof value === 'object' && value?.kind === 'integer' && ['int', 'int64', 'int32'].includes(value.type);
  return isSeconds ? { kind: 'time', nanoseconds: value.value * second, zone: 'UTC' } : nowOf(environment);
}

function format(layout: string, time: GoTime, zone: Zone): string {
  return encodeText(formatTime({ ...time, zone }, decodeText(layout)));
}

const dateInZone = fixed(['string', 'any', 'string'], ([layout, date, zone], environment) =>
  format(layout, toTime(date, environment), findZone(zone)),
);

const dateModify = fixed(['string', 'time'], ([duration, date]) => {
  const nanoseconds = parseGoDuration(decodeText(duration));
  return nanoseconds === undefined ? date : { ...date, nanoseconds: date.nanoseconds + nanoseconds };
});

const mustDateModify = fixed(['string', 'time'], ([duration, date]) => {
  const nanoseconds = parseGoDuration(decodeText(duration));
  if (nanoseconds === undefined)
    throw new TemplateFailure('it is given a text that is no duration', 'write it as 1h30m');
  return { ...date, nanoseconds: date.nanoseconds + nanoseconds };
});

/** Sprig's functions for dates. The local zone is UTC, as in the controllers' images. */
export const dateFunctions: FunctionTable = {
  now: fixed([], (_none, environment) => nowOf(environment)),
  date: fixed(['string', 'any'], ([layout, date], environment) => format(layout, toTime(date, environment), 'UTC')),
  htmlDate: fixed(['any'], ([date], environment) => format('2006-01-02', toTime(date, environment), 'UTC')),
  htmlDateInZone: fixed(['any', 'string'], ([date, zone], environment) =>
    format('2006-01-02', toTime(date, environment), findZone(zone)),
  ),
  dateInZone,
  date_in_zone: dateInZone,
  dateModify,
  date_modify: dateModify,
  mustDateModify,
  must_date_modify: mustDateModify,
  toDate: fixed(['string', 'string'], ([layout, text]) => parseTime(decodeText(layout), decodeText(text)) ?? zeroTime),
  mustToDate: fixed(['string', 'string'], ([layout, text]) => {
    const time = parseTime(decodeText(layout), decodeText(text));
    if (time === undefined) throw new TemplateFailure('it is given a text that does not fit its layout');
    return time;
  }),
  unixEpoch: fixed(['time'], ([date]) => toUnix(date).toString()),
  ago: fixed(['any'], ([date], environment) => {
    const passed = nowOf(environment).nanoseconds - toTime(date, environment).nanoseconds;
    return encodeText(formatGoDuration(roundToSeconds(passed)));
  }),
  duration: fixed(['any'], ([value]) => encodeText(formatGoDuration(BigInt.asIntN(64, toSeconds(value) * second)))),
  durationRound: roundedDuration(),
};

function roundToSeconds(nanoseconds: bigint): bigint {
  const half = nanoseconds < 0n ? -second / 2n : second / 2n;
  return ((nanoseconds + half) / second) * second;
}

function toSeconds(value: GoValue): bigint {
  if (typeof value === 'string') return parseDecimal(value) ?? 0n;
  return typeof value === 'object' && value?.kind === 'integer' && value.type === 'int64' ? value.value : 0n;
}

const hour = 3600n * second;
const rounds: readonly (readonly [bigint, string])[] = [
  [hour * 24n * 365n, 'y'],
  [hour * 24n * 30n, 'mo'],
  [hour * 24n, 'd'],
  [hour, 'h'],
  [60n * second, 'm'],
  [second, 's'],
];

function roundedDuration(): GoFunction {
  return fixed(['any'], ([value], environment) => {
    const nanoseconds = toNanoseconds(value, environment);
    const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
    const unit = rounds.find(([length]) => size > length);
    return unit === undefined ? '0s' : `${size / unit[0]}${unit[1]}`;
  });
}

function toNanoseconds(value: GoValue, environment: Environment): bigint {
  if (typeof value === 'string') return parseGoDuration(decodeText(value)) ?? 0n;
  if (typeof value !== 'object' || value === null) return 0n;
  if (value.kind === 'time') return nowOf(environment).nanoseconds - value.nanoseconds;
  return value.kind === 'integer' && value.type === 'int64' ? value.value : 0n;
}

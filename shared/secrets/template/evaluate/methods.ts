import { formatVersion } from '../go/format-value.ts';
import { formatTime, toCalendar, toUnix, zeroTime } from '../go/time.ts';
import { decodeText, encodeText } from '../go/utf8.ts';
import { type GoTime, type GoValue, type GoVersion, toInt, toInt64 } from '../go/value.ts';
import { compareVersions } from '../go/version.ts';
import { fixed, type GoFunction } from './go-function.ts';

/** The method of a time or a version; undefined where there is none of that name. */
export function findMethod(receiver: GoValue, name: string): GoFunction | undefined {
  if (typeof receiver !== 'object' || receiver === null) return undefined;
  if (receiver.kind === 'time') return timeMethods.get(name)?.(receiver);
  return receiver.kind === 'version' ? versionMethods.get(name)?.(receiver) : undefined;
}

const timeGetter =
  (read: (time: GoTime) => GoValue) =>
  (time: GoTime): GoFunction =>
    fixed([], () => read(time));

const timeMethods: ReadonlyMap<string, (time: GoTime) => GoFunction> = new Map([
  ['Format', (time: GoTime) => fixed(['string'], ([layout]) => encodeText(formatTime(time, decodeText(layout))))],
  ['String', timeGetter((time) => formatTime(time, '2006-01-02 15:04:05.999999999 -0700 MST'))],
  ['Unix', timeGetter((time) => toInt64(toUnix(time)))],
  ['UnixMilli', timeGetter((time) => toInt64(time.nanoseconds / 1_000_000n))],
  ['UnixMicro', timeGetter((time) => toInt64(time.nanoseconds / 1_000n))],
  ['UnixNano', timeGetter((time) => toInt64(time.nanoseconds))],
  ['Year', timeGetter((time) => toInt(toCalendar(time).year))],
  ['YearDay', timeGetter((time) => toInt(toCalendar(time).yearDay))],
  ['Day', timeGetter((time) => toInt(toCalendar(time).day))],
  ['Hour', timeGetter((time) => toInt(toCalendar(time).hour))],
  ['Minute', timeGetter((time) => toInt(toCalendar(time).minute))],
  ['Second', timeGetter((time) => toInt(toCalendar(time).second))],
  ['Nanosecond', timeGetter((time) => toInt(toCalendar(time).nanosecond))],
  ['UTC', timeGetter((time) => ({ ...time, zone: 'UTC' }))],
  ['IsZero', timeGetter((time) => time.nanoseconds === zeroTime.nanoseconds)],
  ['Before', (time: GoTime) => fixed(['time'], ([other]) => time.nanoseconds < other.nanoseconds)],
  ['After', (time: GoTime) => fixed(['time'], ([other]) => time.nanoseconds > other.nanoseconds)],
  ['Equal', (time: GoTime) => fixed(['time'], ([other]) => time.nanoseconds === other.nanoseconds)],
]);

const versionGetter =
  (read: (version: GoVersion) => GoValue) =>
  (version: GoVersion): GoFunction =>
    fixed([], () => read(version));

const versionComparison =
  (decide: (order: number) => GoValue) =>
  (version: GoVersion): GoFunction =>
    fixed(['version'], ([other]) => decide(compareVersions(version, other)));

const versionMethods: ReadonlyMap<string, (version: GoVersion) => GoFunction> = new Map([
  ['Major', versionGetter(({ major }) => ({ kind: 'integer', type: 'uint64', value: major }))],
  ['Minor', versionGetter(({ minor }) => ({ kind: 'integer', type: 'uint64', value: minor }))],
  ['Patch', versionGetter(({ patch }) => ({ kind: 'integer', type: 'uint64', value: patch }))],
  ['Prerelease', versionGetter(({ prerelease }) => prerelease)],
  ['Metadata', versionGetter(({ metadata }) => metadata)],
  ['Original', versionGetter(({ original }) => original)],
  ['String', versionGetter(formatVersion)],
  ['Compare', versionComparison((order) => toInt(order))],
  ['Equal', versionComparison((order) => order === 0)],
  ['LessThan', versionComparison((order) => order < 0)],
  ['GreaterThan', versionComparison((order) => order > 0)],
]);

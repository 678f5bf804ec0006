import { TemplateFailure } from './failure.ts';
import type { Zone } from './value.ts';

const utcNames: ReadonlySet<string> = new Set(['', 'UTC', 'Local']);

/** The zone of a name; UTC where there is none such. `Local` is UTC, as it is in the controllers' images. */
export function findZone(name: string): Zone {
  if (utcNames.has(name)) return 'UTC';
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return name;
  } catch {
    return 'UTC';
  }
}

/** Seconds east of Greenwich at a time. */
export function offsetSeconds(zone: Zone, milliseconds: number): number {
  if (typeof zone !== 'string') return zone.offsetSeconds;
  if (utcNames.has(zone)) return 0;
  const shown = zonePart(zone, 'longOffset', milliseconds);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = /GMT(?:([-+])(\d+):(\d+)(?::(\d+))?)?/.exec(shown) ?? [];
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -size : size;
}

/** The zone's abbreviation at a time, such as `UTC` or `EST`. */
export function abbreviateZone(zone: Zone, milliseconds: number): string {
  if (typeof zone !== 'string') return zone.name === '' ? numericZone(zone.offsetSeconds) : zone.name;
  if (utcNames.has(zone)) return 'UTC';
  const short = zonePart(zone, 'short', milliseconds);
  if (/^[A-Z]{3,4}$/.test(short)) return short;
  throw new TemplateFailure(
    'shows the abbreviation of a time zone that Plumbline does not know',
    'use -0700 instead of MST in the layout',
  );
}

function numericZone(offset: number): string {
  const minutes = Math.floor(Math.abs(offset) / 60);
  const sign = offset < 0 ? '-' : '+';
  return `${sign}${String(Math.floor(minutes / 60)).padStart(2, '0')}${String(minutes % 60).padStart(2, '0')}`;
}

function zonePart(timeZone: string, style: 'longOffset' | 'short', milliseconds: number): string {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: style });
  const parts = format.formatToParts(milliseconds);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
}

import { PlumbError } from '../shared/errors.ts';
import { parseDuration } from '../shared/registry/parse-duration.ts';

/** Milliseconds since 1970 of a time that is past: ISO 8601, in UTC where it names no zone, or so long ago, as `2h` or `1h30m`. */
export function parsePastTime(option: string, text: string, now: Date): number {
  const ago = parseDuration(text);
  const time = ago === undefined ? parseTimestamp(text) : now.getTime() - ago;
  if (time === undefined) {
    throw new PlumbError('usage', `${option} "${text}" is not a time`, {
      hint: 'write it like 2026-11-23T14:50:00Z or 2026-11-23, or say how long ago: 90s, 2h, 1h30m',
    });
  }
  if (time <= now.getTime()) return time;
  throw new PlumbError('usage', `${option} "${text}" is yet to come`, { hint: `it is ${now.toISOString()} now` });
}

/** A date alone is its beginning. */
function parseTimestamp(text: string): number | undefined {
  const [, date, time, zone = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/i.exec(text.trim()) ?? [];
  if (date === undefined) return undefined;
  const milliseconds = Date.parse(time === undefined ? `${date}T00:00:00Z` : `${date}T${time}${zone.toUpperCase()}`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

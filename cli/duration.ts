import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../shared/registry/parse-duration.ts';

/** Milliseconds of an option such as `90s`, `5m` or `1h30m`; a bare number is seconds. Nothing and less is refused. */
export function parseDurationOption(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 1) return Math.round(ms);
  throw new InvalidArgumentError('It is not a duration like 90s, 5m or 1h30m.');
}

/** The same, where days are usual: `30d` too. */
export function parseLongDurationOption(text: string): number {
  const [, days] = /^(\d{1,5})d$/.exec(text) ?? [];
  if (days !== undefined && Number(days) > 0) return Number(days) * 86_400_000;
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 1) return Math.round(ms);
  throw new InvalidArgumentError('It is not a duration like 30d, 12h or 90m.');
}

/** How long something took, for people: `0.4s`, `12.3s`, `2m05s`. */
export function formatElapsed(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}

/** How long ago something was, as kubectl says it: `12s`, `5m`, `3h`, `9d`. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

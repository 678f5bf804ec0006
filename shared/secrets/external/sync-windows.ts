import { type Cron, isCronDay, isCronMinute, parseCron } from './cron.ts';
import type { SyncWindows } from './external-secret.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Whether periodic refreshes may take place at a time. A schedule that cannot be read opens no window. */
export function isRefreshAllowed(windows: SyncWindows | undefined, now: Date): boolean {
  if (windows === undefined || windows.windows.length === 0) return true;
  const isOpen = windows.windows.some(({ schedule, durationMs }) => isWithin(schedule, durationMs, now));
  return windows.kind === 'allow' ? isOpen : !isOpen;
}

/** Both ends belong to the window. */
function isWithin(schedule: string, durationMs: number, now: Date): boolean {
  const cron = parseCron(schedule);
  if (cron === undefined || durationMs < 0) return false;
  const earliest = now.getTime() - durationMs;
  for (let at = Math.floor(now.getTime() / minuteMs) * minuteMs; at >= earliest; at = before(cron, at)) {
    if (isCronMinute(cron, new Date(at))) return true;
    // Older beginnings than five years do not matter to anybody.
    if (now.getTime() - at > 5 * 366 * dayMs) return false;
  }
  return false;
}

/** The minute before, or the last one of the day before where no beginning is on this day. */
function before(cron: Cron, at: number): number {
  return isCronDay(cron, new Date(at)) ? at - minuteMs : Math.floor(at / dayMs) * dayMs - minuteMs;
}

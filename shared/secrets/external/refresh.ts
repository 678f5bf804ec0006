import { canonicalJson } from '../../model/json.ts';
import type { ExternalSecret } from './external-secret.ts';
import { isRefreshAllowed } from './sync-windows.ts';

/** What was true when the Secret was last made; `refreshedAt` is ISO 8601. */
export type LastRefresh = { readonly inputsMark: string; readonly refreshedAt: string };

type Moment = { readonly inputsMark: string; readonly last?: LastRefresh; readonly now: Date };

/** Whether an ExternalSecret is read again; what never was is, and what has changed is unless it is read only once. */
export function refreshDecision(es: ExternalSecret, { inputsMark, last, now }: Moment): 'refresh' | 'keep' {
  if (last === undefined) return 'refresh';
  const isOnce = es.refreshPolicy === 'Periodic' && es.refreshIntervalMs <= 0;
  if (es.refreshPolicy === 'CreatedOnce' || isOnce) return 'keep';
  if (last.inputsMark !== inputsMark) return 'refresh';
  const next = nextRefreshAt(es, last.refreshedAt);
  const isDue = next !== undefined && new Date(next).getTime() <= now.getTime();
  return isDue && isRefreshAllowed(es.syncWindows, now) ? 'refresh' : 'keep';
}

/** When an ExternalSecret is to be read again although nothing of it has changed; undefined: never. Windows are not looked at. */
export function nextRefreshAt(es: ExternalSecret, refreshedAt: string): string | undefined {
  if (es.refreshPolicy !== 'Periodic' || es.refreshIntervalMs <= 0) return undefined;
  const last = new Date(refreshedAt).getTime();
  // A time that cannot be read, or in the future, is no reason to wait.
  return new Date(Number.isNaN(last) ? 0 : last + es.refreshIntervalMs).toISOString();
}

/** A text that changes with the spec, a label or an annotation, such as `force-sync`. */
export function inputsOf({ spec, labels, annotations }: ExternalSecret): string {
  return canonicalJson({ spec, labels, annotations });
}

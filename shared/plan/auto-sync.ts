import type { Application, RetryPolicy } from '../model/application.ts';
import type { Head } from '../model/head.ts';
import type { Operation, SyncReason } from '../model/operation.ts';
import { formatSpan, millisecondsOf } from './timestamp.ts';

export type AutoSyncInput = {
  readonly application: Application;
  /** Undefined: never synced. */
  readonly head: Head | undefined;
  /** Of what Git wants now. */
  readonly renderDigest: string;
  /** How the cluster differs from what is deployed. Undefined: nobody looked, or it could not be read. */
  readonly drift: { readonly changes: number; readonly toPrune: number } | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
};

/** `notBefore`: milliseconds since 1970, when waiting is all that is asked. */
export type AutoSyncDecision =
  | { readonly sync: true; readonly reason: SyncReason }
  | { readonly sync: false; readonly because: string; readonly notBefore?: number };

/** As a retry policy: 2 s after the first repair, then 6 s, 18 s, … up to 5 minutes. Source: Argo CD's self-heal back-off. */
const selfHealBackoff: RetryPolicy = { limit: -1, backoffMs: 2_000, factor: 3, maxBackoffMs: 300_000 };

/**
 * Whether to sync without being asked.
 * A new render is synced once, then retried within its policy; one that failed for good waits for another render.
 * Drift is repaired with `selfHeal`, at growing intervals. Source: Argo CD's autoSync, with the render digest in place of the revision.
 */
export function decideAutoSync(input: AutoSyncInput): AutoSyncDecision {
  const { application, drift, head, renderDigest, now } = input;
  if (application.syncPolicy.automated === undefined) return no('automated sync is off');
  const operation = head?.operation;
  if (operation?.phase === 'Running') return decideRunning(operation, now);
  // Git went back before another revision had arrived whole.
  const isBack = operation?.phase === 'Failed' && operation.renderDigest !== renderDigest;
  const isFailed = operation?.phase === 'Failed' && operation.renderDigest === renderDigest;
  // What a failed sync of the deployed render left undone may look to a scan as it was last seen.
  const isLeft = isFailed && drift === undefined;
  if (head?.deployed?.renderDigest === renderDigest && !isBack && !isLeft) return decideDrift(input, operation);
  if (isFailed) return decideRetry(input, operation);
  return { sync: true, reason: 'git' };
}

/**
 * How long to wait after the given attempt, in milliseconds: the back-off times factor to the power of the attempts before it,
 * so that Argo CD's documented 5, 10, 20 s come out, not its actual 10, 20, 40 s.
 */
export function backoffAfter(attempt: number, { backoffMs, factor, maxBackoffMs }: RetryPolicy): number {
  return Math.min(maxBackoffMs, backoffMs * factor ** Math.max(0, attempt - 1));
}

function decideRunning({ lease, reason }: Operation, now: number): AutoSyncDecision {
  const until = lease === undefined ? undefined : millisecondsOf(lease.until);
  if (lease !== undefined && until !== undefined && until > now)
    return no(`it is being synced by ${lease.holder}`, until);
  // Whoever worked on it is gone.
  return { sync: true, reason };
}

function decideRetry({ application, now }: AutoSyncInput, operation: Operation): AutoSyncDecision {
  const { retry } = application.syncPolicy;
  const retries = operation.attempt - 1;
  // What may pass by itself is not held against the revision.
  if (operation.retryable !== true && retry.limit >= 0 && retries >= retry.limit) {
    const tried = operation.attempt === 1 ? 'once' : `${operation.attempt} times`;
    return no(`this revision failed ${tried} and is not tried again: ${operation.message}`);
  }
  return afterBackoff({ operation, policy: retry, now }, 'retry');
}

function decideDrift(
  { application, drift, now, renderDigest }: AutoSyncInput,
  operation: Operation | undefined,
): AutoSyncDecision {
  const { automated } = application.syncPolicy;
  if (drift === undefined) return no('the state of the cluster is unknown');
  if (drift.changes + drift.toPrune === 0) return no('it is in sync');
  if (drift.changes === 0 && automated?.prune !== true) {
    return no(`all that is left to do is to prune ${drift.toPrune}, and automated prune is off`);
  }
  if (automated?.selfHeal !== true) return no('it has drifted, and selfHeal is off');
  const isRepair = operation?.reason === 'drift' && operation.renderDigest === renderDigest;
  const hasFailed = operation?.phase === 'Failed' && operation.renderDigest === renderDigest;
  if (operation === undefined || !(isRepair || hasFailed)) return { sync: true, reason: 'drift' };
  return afterBackoff({ operation, policy: selfHealBackoff, now }, 'drift');
}

type Backoff = { readonly operation: Operation; readonly policy: RetryPolicy; readonly now: number };

function afterBackoff({ operation, policy, now }: Backoff, reason: SyncReason): AutoSyncDecision {
  const finished = millisecondsOf(operation.finishedAt ?? operation.startedAt) ?? 0;
  const notBefore = finished + backoffAfter(operation.attempt, policy);
  // It ended in the future: the clock was set back since, and says nothing.
  if (now >= notBefore || finished > now) return { sync: true, reason };
  return no(
    `${reason === 'drift' ? 'the next repair' : 'the next attempt'} is due in ${formatSpan(notBefore - now)}`,
    notBefore,
  );
}

function no(because: string, notBefore?: number): AutoSyncDecision {
  return { sync: false, because, ...(notBefore === undefined ? {} : { notBefore }) };
}

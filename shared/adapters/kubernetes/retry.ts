import { type ApiStatus, isManifestFault, isObjectMissing } from './api-status.ts';
import { RequestTimeout } from './send.ts';

const baseDelayMs = 100;
const maxDelayMs = 5_000;
const maxAttempts = 8;
/** A server that asks for a longer pause than this is not waited for. */
const maxRetryAfterMs = 30_000;

/** Failures that may pass, and how many of each one request bears before it is given up. */
const borne = {
  reset: 7,
  overloaded: 7,
  failing: 7,
  conflict: 4,
  unconnected: 3,
  unserved: 3,
  late: 2,
} as const;

export type FailureKind = keyof typeof borne;

export type Failure = { readonly error: unknown } | { readonly status: ApiStatus; readonly method: string };

const unconnectedCodes = ['ECONNREFUSED', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];
const resetCodes = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'];

/**
 * What kind of passing failure this is; undefined: the same request would fail again.
 * Every request may be repeated: reads, server-side apply, and deletes that are bound to a uid.
 */
export function failureKind(failure: Failure): FailureKind | undefined {
  if ('status' in failure) return kindOfStatus(failure.status, failure.method);
  if (failure.error instanceof RequestTimeout) return 'late';
  const code = codeOf(failure.error);
  if (unconnectedCodes.includes(code)) return 'unconnected';
  return resetCodes.includes(code) ? 'reset' : undefined;
}

function kindOfStatus(status: ApiStatus, method: string): FailureKind | undefined {
  if (isManifestFault(status)) return undefined;
  if (status.code === 404) return isObjectMissing(status) ? undefined : 'unserved';
  if (status.code === 409) return method === 'PATCH' && isOptimisticConflict(status) ? 'conflict' : undefined;
  if (status.code === 429) return 'overloaded';
  return [500, 502, 503, 504].includes(status.code) ? 'failing' : undefined;
}

/** Two writers met, or two creators; a conflict between field managers stays one however often it is tried. */
function isOptimisticConflict({ reason, causes }: ApiStatus): boolean {
  if (reason === 'AlreadyExists') return true;
  return reason === 'Conflict' && !causes.some((cause) => cause.reason === 'FieldManagerConflict');
}

/**
 * How long to wait before the next attempt, in milliseconds, or undefined to give up. `failures` are those of this request so
 * far, the last one included. Exponential with full jitter from 100 ms to 5 s, on top of what the server's Retry-After asks.
 */
export function delayBeforeRetry(
  failures: readonly FailureKind[],
  { retryAfterMs = 0, random }: { readonly retryAfterMs?: number | undefined; readonly random: () => number },
): number | undefined {
  const last = failures.at(-1);
  if (last === undefined || failures.length >= maxAttempts || retryAfterMs > maxRetryAfterMs) return undefined;
  if (failures.filter((kind) => kind === last).length > borne[last]) return undefined;
  return retryAfterMs + random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (failures.length - 1));
}

/** The code of a network error, or of its first cause that has one; empty where there is none. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  return codeOf(cause) || (typeof code === 'string' ? code : '');
}

/** The pause that a Retry-After header asks for, in milliseconds: it holds seconds, or a date. */
export function retryAfterOf(header: string | readonly string[] | undefined, now: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

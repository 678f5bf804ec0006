import type { ObjectResult } from '../model/change.ts';
import type { ObjectRef } from '../model/object-ref.ts';
import { formatRef } from '../model/object-ref.ts';
import type { Operation } from '../model/operation.ts';

/** What a wave came to. `blockedBy` says what it still waited for when its time was over. */
export type WaveReport = {
  readonly index: number;
  readonly count: number;
  readonly results: readonly ObjectResult[];
  readonly degraded: readonly { readonly ref: ObjectRef; readonly message: string }[];
  readonly blockedBy: readonly { readonly ref: ObjectRef; readonly message: string }[];
};

/**
 * The operation after one of its waves: on to the next, ended, or failed with the reason.
 * `now` is ISO 8601. Results of objects that were left as they are are not kept.
 */
export function advance(operation: Operation, report: WaveReport, now: string): Operation {
  const results = [...operation.results, ...report.results.filter(({ action }) => action !== 'unchanged')];
  const failure = failureOf(report);
  if (failure !== undefined) {
    const passing = mayPass(report) ? { retryable: true } : {};
    return end({ ...operation, results, phase: 'Failed', message: failure, ...passing }, now);
  }
  const cursor = report.index + 1;
  if (cursor < report.count)
    return { ...operation, results, cursor, message: `wave ${cursor} of ${report.count} is done` };
  return end({ ...operation, results, cursor, phase: 'Succeeded', message: 'all objects are applied' }, now);
}

/** The operation, ended: nobody holds it any more. */
function end(operation: Operation, now: string): Operation {
  const { lease: _released, ...rest } = operation;
  return { ...rest, finishedAt: now };
}

function mayPass({ results }: WaveReport): boolean {
  const failed = results.filter(({ action }) => action === 'failed');
  return failed.length > 0 && failed.every(({ retryable }) => retryable === true);
}

function failureOf(report: WaveReport): string | undefined {
  const failed = report.results.filter(({ action }) => action === 'failed');
  const first = failed[0];
  if (first !== undefined)
    return `${failed.length} ${plural(failed.length)} failed; first: ${inOneLine(first.message)}`;
  if (report.degraded.length > 0) return `unhealthy: ${list(report.degraded)}`;
  if (report.blockedBy.length > 0)
    return `the wave did not become healthy in time; still waiting for ${list(report.blockedBy)}`;
  return undefined;
}

/** The first of several problems, and how many more there are: the object's own message has them all. */
function inOneLine(message: string): string {
  const [head = '', ...lines] = message.split('\n');
  if (!head.endsWith(':') || lines.length < 2) return message;
  return `${head} ${lines[0]?.trim()}, and ${lines.length - 1} more`;
}

function plural(count: number): string {
  return count === 1 ? 'object' : 'objects';
}

function list(objects: readonly { readonly ref: ObjectRef; readonly message: string }[]): string {
  const named = objects.slice(0, 3).map(({ ref, message }) => `${formatRef(ref)} (${message})`);
  const more = objects.length > 3 ? ` and ${objects.length - 3} more` : '';
  return named.join(', ') + more;
}

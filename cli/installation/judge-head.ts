import { type ErrorCode, PlumbError } from '../../shared/errors.ts';
import type { Answered, Refused } from '../../shared/model/answered.ts';
import type { Application } from '../../shared/model/application.ts';
import type { Head } from '../../shared/model/head.ts';
import type { Operation } from '../../shared/model/operation.ts';
import { decideAutoRollback } from '../../shared/plan/auto-rollback.ts';

/** How far an installation has come with what somebody had asked for. */
export type Stage =
  /** Nothing tells of it yet. */
  | { readonly is: 'waiting' }
  /** Something else is under way of which it has to wait for the end. */
  | { readonly is: 'behind'; readonly operation: Operation }
  | { readonly is: 'running'; readonly operation: Operation }
  /** It failed, and the application goes back by itself. */
  | { readonly is: 'going-back'; readonly failed: Operation }
  | { readonly is: 'refused'; readonly error: PlumbError }
  | { readonly is: 'over' };

/** What a head says of what `origin` had asked for. */
export function judgeHead(head: Head | undefined, origin: string, application: Application): Stage {
  if (head === undefined) return { is: 'waiting' };
  const { answered, operation, pin } = head;
  if (answered?.origin === origin) return stageOf(answered, head, origin);
  if (operation === undefined) return { is: 'waiting' };
  if (operation.origin !== origin)
    return operation.phase === 'Running' ? { is: 'behind', operation } : { is: 'waiting' };
  if (operation.phase === 'Running') return { is: 'running', operation };
  const isPinned = pin?.origin === origin && pin.renderDigest !== operation.renderDigest;
  if (isPinned || decideAutoRollback(application, head) !== undefined) return { is: 'going-back', failed: operation };
  return { is: 'over' };
}

function stageOf({ refused, phase }: Answered, head: Head, origin: string): Stage {
  if (refused !== undefined) return { is: 'refused', error: toError(refused, head) };
  if (phase !== 'Failed' || head.operation?.origin === origin) return { is: 'over' };
  const { application } = head;
  const error = new PlumbError('sync-failed', `${application}: it failed, and something else has begun since`, {
    object: application,
    hint: `see what stands now with: plumb status ${application}`,
  });
  return { is: 'refused', error };
}

function toError({ code, message, hint }: Refused, { application }: Head): PlumbError {
  return new PlumbError(code as ErrorCode, message, {
    object: application,
    ...(hint === undefined ? {} : { hint }),
  });
}

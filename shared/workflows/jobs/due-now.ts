import type { Head } from '../../model/head.ts';
import type { FollowCause } from '../../model/job.ts';
import { decideAutoSync } from '../../plan/auto-sync.ts';
import { unfinishedPin } from '../../plan/pin.ts';
import { wantedSource } from '../../plan/wanted-source.ts';
import { specOf } from '../../state/wanted.ts';
import { dueForRefresh } from '../serve/refresh-secrets.ts';
import type { Member } from './member.ts';

/**
 * The applications that have something to do though nothing has moved in their cluster: a commit whose message was lost, an attempt
 * that is due again, a sync that was killed, secrets that are to be read again. `now` is milliseconds since 1970.
 */
export function dueNow(members: readonly Member[], now: number): ReadonlyMap<string, FollowCause> {
  const heads = members.flatMap(({ head }) => head ?? []);
  const secrets = dueForRefresh(heads, lastReads(heads), now).map(
    ({ application }) => [application, 'secret'] as const,
  );
  const behind = members
    .filter((member) => isBehind(member, now))
    .map(({ followed }) => [followed.declared.application.name, 'retry'] as const);
  return new Map<string, FollowCause>([...secrets, ...behind]);
}

/** A sync reads them too. */
function lastReads(heads: readonly Head[]): Map<string, number> {
  return new Map(
    heads.map(({ application, secretsReadAt, operation }) => {
      const times = [secretsReadAt, operation?.finishedAt].map((time) => Date.parse(time ?? ''));
      return [application, Math.max(0, ...times.filter((time) => !Number.isNaN(time)))];
    }),
  );
}

function isBehind({ followed, head, wanted }: Member, now: number): boolean {
  const { declared, project } = followed;
  const { application } = declared;
  if (head !== undefined && unfinishedPin(head) !== undefined) return isFree(head, now);
  if (wanted?.rendered?.spec !== specOf(application, project) || wanted.problem !== undefined) return false;
  const renderDigest = digestWanted(head, wanted.rendered, application.sources);
  if (renderDigest === undefined) return false;
  return decideAutoSync({ application, head, renderDigest, drift: undefined, now }).sync;
}

function digestWanted(
  head: Head | undefined,
  rendered: NonNullable<NonNullable<Member['wanted']>['rendered']>,
  declared: Member['followed']['declared']['application']['sources'],
): string | undefined {
  const { renderDigest, sources } = rendered;
  if (head === undefined) return renderDigest;
  const source = wantedSource(head, { renderDigest, sources, declared });
  if (source.from === 'git') return renderDigest;
  return source.from === 'snapshot' ? source.pin.renderDigest : undefined;
}

/** Nobody works on it. */
function isFree({ operation }: Head, now: number): boolean {
  return operation?.lease === undefined || Date.parse(operation.lease.until) <= now;
}

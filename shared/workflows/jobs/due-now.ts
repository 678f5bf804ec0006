import type { Head } from '../../model/head.ts';
import type { FollowCause } from '../../model/job.ts';
import { decideAutoRollback } from '../../plan/auto-rollback.ts';
import { decideAutoSync } from '../../plan/auto-sync.ts';
import { unfinishedPin } from '../../plan/pin.ts';
import { wantedSource } from '../../plan/wanted-source.ts';
import { specOf } from '../../state/wanted.ts';
import { dueForRefresh } from '../serve/refresh-secrets.ts';
import type { Member } from './member.ts';

/** How long whoever has left a sync is given to go on with it: a private network's word comes within minutes. */
const handedBackMs = 3 * 60_000;

/**
 * The applications that have something to do though nothing has moved in their cluster: a commit whose message was lost, an attempt
 * that is due again, a sync that was killed, a bad merge that is to be taken back, a problem that nobody has told of yet, secrets that
 * are to be read again. `now` is milliseconds since 1970.
 */
export function dueNow(members: readonly Member[], now: number): ReadonlyMap<string, FollowCause> {
  const heads = members.flatMap(({ head }) => head ?? []);
  const secrets = dueForRefresh(heads, lastReads(heads), now).map(
    ({ application }) => [application, 'secret'] as const,
  );
  const due = members
    .filter((member) => isUntold(member) || isToGoBack(member) || isBehind(member, now))
    .map(({ followed }) => [followed.declared.application.name, 'retry'] as const);
  return new Map<string, FollowCause>([...secrets, ...due]);
}

/**
 * The names of those of which something had failed that says nothing of the cluster, and which nobody has looked at since. Where Git
 * has something new, or came to nothing, that has the word.
 */
export function inDoubt(members: readonly Member[], due: ReadonlyMap<string, FollowCause>): readonly string[] {
  return members
    .filter(({ head, wanted }) => head?.sync.code === 'Unknown' && wanted?.problem === undefined)
    .map(({ followed }) => followed.declared.application.name)
    .filter((name) => !due.has(name));
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

/** What is wrong with the newest commit is said of an application, unless it is kept where Git is not asked. */
function isUntold({ followed, head, wanted }: Member): boolean {
  const { problem } = wanted ?? {};
  if (problem === undefined || head?.pin?.until === 'unpinned') return false;
  const { declared, project } = followed;
  return problem.spec === specOf(declared.application, project) && head?.sync.message !== problem.message;
}

function isToGoBack({ followed, head }: Member): boolean {
  return head !== undefined && decideAutoRollback(followed.declared.application, head) !== undefined;
}

function isBehind({ followed, head, wanted }: Member, now: number): boolean {
  const { declared, project } = followed;
  const { application } = declared;
  if (head !== undefined && isHandedBack(head, now)) return false;
  const pin = head && unfinishedPin(head);
  if (pin !== undefined) return isDue({ application, head, renderDigest: pin.renderDigest, now });
  if (wanted?.rendered?.spec !== specOf(application, project) || wanted.problem !== undefined) return false;
  const renderDigest = digestWanted(head, wanted.rendered, application.sources);
  return renderDigest !== undefined && isDue({ application, head, renderDigest, now });
}

function isDue(input: Omit<Parameters<typeof decideAutoSync>[0], 'drift'>): boolean {
  return decideAutoSync({ ...input, drift: undefined }).sync;
}

/** Somebody has left it a moment ago, and its message is about to be worked on again. */
function isHandedBack({ operation, checkedAt }: Head, now: number): boolean {
  const passed = now - Date.parse(checkedAt ?? '');
  return operation?.phase === 'Running' && passed >= 0 && passed < handedBackMs;
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

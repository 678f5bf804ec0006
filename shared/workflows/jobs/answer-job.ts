import { messageOf } from '../../errors.ts';
import { type Head, newHead } from '../../model/head.ts';
import type { JobMessage, SyncJob } from '../../model/job.ts';
import type { Ports } from '../../ports.ts';
import { loadHead, saveHead } from '../../state/heads.ts';
import type { Followed } from '../serve/follow.ts';
import { refusedBy } from './refused-by.ts';

type Asked = JobMessage<SyncJob> & { readonly followed: Followed };

const mostRaces = 10;

/** True for what somebody waits for who has asked for it: the next scan does not ask for it again. */
export function isAskedFor({ job }: Pick<JobMessage<SyncJob>, 'job'>): boolean {
  return job.work !== 'follow' || job.cause === 'secret';
}

/** Says in the head how what somebody had asked for has ended, once. Nothing is said of what nobody waits for. */
export async function answerDone(asked: Asked, ports: Pick<Ports, 'store' | 'clock'>): Promise<void> {
  if (!isAskedFor(asked)) return;
  await moveOwnHead(asked, ports, (head, at) => {
    if (head === undefined || head.answered?.origin === asked.origin) return undefined;
    const { phase } = head.operation ?? {};
    return { ...head, answered: { origin: asked.origin, at, ...(phase === undefined ? {} : { phase }) } };
  });
}

/**
 * Says in the head why nothing came of it: where people look for the state of an application or, where somebody had asked for it, to
 * whoever had, since a request that cannot be met says nothing of the state.
 */
export async function answerRefused(
  asked: Asked,
  error: unknown,
  ports: Pick<Ports, 'store' | 'clock'>,
): Promise<void> {
  const sync: Head['sync'] = { code: 'Unknown', message: messageOf(error) };
  await moveOwnHead(asked, ports, (head, at) => {
    if (isAskedFor(asked)) {
      const answered = { origin: asked.origin, at, refused: refusedBy(error) };
      return { ...(head ?? { ...freshHead(asked.followed), sync }), answered };
    }
    if (head !== undefined && JSON.stringify(head.sync) === JSON.stringify(sync)) return undefined;
    return { ...(head ?? freshHead(asked.followed)), sync };
  });
}

function freshHead({ declared: { application }, project }: Followed): Head {
  const { name, destination } = application;
  return newHead(name, project.name, destination.name ?? destination.server ?? '');
}

type Change = (head: Head | undefined, at: string) => Head | undefined;

/** Whoever is faster is read again: what is said here is said beside whatever others say. */
async function moveOwnHead(
  { job: { application } }: Asked,
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  change: Change,
): Promise<void> {
  for (let race = 0; race < mostRaces; race += 1) {
    const loaded = await loadHead(store, application);
    const next = change(loaded?.head, clock.now().toISOString());
    if (next === undefined || (await saveHead(store, next, loaded?.etag ?? 'absent')).won) return;
  }
}

import { createHash } from 'node:crypto';
import { type Attempt, attempt } from '../../apply/attempt.ts';
import { PlumbError } from '../../errors.ts';
import type { WantedByGit } from '../../model/wanted.ts';
import type { GitHost } from '../../ports.ts';
import { loadWanted } from '../../state/wanted.ts';
import { inParallel } from '../in-parallel.ts';
import type { Followed } from '../serve/follow.ts';
import type { RenderPorts } from './job-ports.ts';
import type { RefsTogether } from './refs-together.ts';
import { renderWanted, type WantedBefore, type WantedNow } from './render-wanted.ts';
import { sendFollows } from './send-follows.ts';
import { wantedKey } from './wanted-key.ts';

/** Tools run beside each other, on as many processors as there are. */
const applicationsAtOnce = 4;

const mostRaces = 3;

export type RenderAll = {
  readonly applications: readonly Followed[];
  readonly origin: string;
  /** Made anew for each look: what one has asked before is too old for another. */
  readonly ask: () => RefsTogether;
};

/** How many were looked at, of how many there is news, and how many are to be looked at again. */
export type RenderedAll = { readonly looked: number; readonly news: number; readonly pending: number };

/**
 * Renders applications, and has those synced of which there is news. One that fails for the moment is thrown when all others are
 * done; one whose cluster nobody has looked at yet, or that others kept rendering meanwhile, is pending.
 */
export async function renderAll({ applications, origin, ask }: RenderAll, ports: RenderPorts): Promise<RenderedAll> {
  // Before Git is asked.
  await ports.kept.wanted.load(ports.store);
  const refs = ask();
  const tried = await inParallel(applications, applicationsAtOnce, (followed) =>
    attempt(renderOne(followed, { origin, refs, ask }, ports)),
  );
  const news = tried.flatMap((each) => (each.ok && each.value.is === 'news' ? [each.value.wanted] : []));
  await tellSync(news, applications, ports);
  const failed = tried.flatMap((each) => (each.ok || isPending(each) ? [] : [each.error]));
  if (failed.length > 0) throw failed[0];
  const pending = tried.filter((each) => isPending(each) || (each.ok && each.value.is === 'lost')).length;
  return { looked: applications.length, news: news.length, pending };
}

type Looking = { readonly origin: string; readonly refs: RefsTogether; readonly ask: () => RefsTogether };

async function renderOne(followed: Followed, looking: Looking, ports: RenderPorts): Promise<WantedNow> {
  const { application } = followed.declared;
  let before = keptWanted(followed, ports);
  let { refs } = looking;
  for (let race = 0; ; race += 1) {
    const { listRefs } = refs;
    const objects = ports.gitOf(followed.project.name);
    const git: GitHost = { listRefs, openCommit: (repoURL, wanted) => objects.openCommit(repoURL, wanted) };
    const now = await renderWanted(followed, before, { origin: looking.origin, ports: { ...ports, git } });
    if (now.is !== 'lost' || race >= mostRaces) return now;
    before = await loadWanted(ports.store, application.project, application.name);
    refs = looking.ask();
  }
}

function keptWanted(followed: Followed, { kept }: RenderPorts): WantedBefore {
  const key = wantedKey(followed);
  const [wanted, etag] = [kept.wanted.valueOf(key), kept.wanted.etagOf(key)];
  return wanted === undefined || etag === undefined ? undefined : { wanted, etag };
}

function isPending(tried: Attempt<WantedNow>): boolean {
  return !tried.ok && tried.error instanceof PlumbError && tried.error.code === 'render-pending';
}

async function tellSync(
  news: readonly WantedByGit[],
  applications: readonly Followed[],
  ports: RenderPorts,
): Promise<void> {
  const destinations = new Map(
    applications.map(({ declared: { application } }) => [application.name, application.destination]),
  );
  await sendFollows(
    news.map((wanted) => {
      const { application, origin } = wanted;
      return { application, destination: destinations.get(application), id: idOf(wanted), cause: 'git', origin };
    }),
    ports,
  );
}

function idOf(wanted: WantedByGit): string {
  return createHash('sha256').update(JSON.stringify(wanted)).digest('hex');
}

import { keys } from '../../state/keys.ts';
import { digestRefs, saveRefs, seenOf } from '../../state/refs.ts';
import { comparableRepository } from '../serve/concerned-applications.ts';
import type { Followed } from '../serve/follow.ts';
import { loadFollowed } from './declarations.ts';
import type { RenderPorts } from './job-ports.ts';
import { askTogether, followedRefs, type RefsTogether } from './refs-together.ts';
import { type RenderedAll, renderAll } from './render-all.ts';

/**
 * Looks at a repository that may have moved: one question for its refs, one fetch of each new commit, and a render of every application
 * that follows it. That it was looked at is remembered when all that came of it is passed on; refs that were looked at before cost
 * no more than the question.
 */
export async function lookAtRepository(
  repoURLs: readonly string[],
  origin: string,
  ports: RenderPorts,
): Promise<RenderedAll> {
  const followed = [...(await loadFollowed(ports)).values()];
  const prefixes = followedRefs(followed.flatMap(({ declared }) => declared.application.sources));
  const meant = new Set(repoURLs.map(comparableRepository));
  const spellings = [...prefixes.keys()].filter((repoURL) => meant.has(comparableRepository(repoURL)));
  await ports.kept.refs.load(ports.store);
  const ask = (): RefsTogether => askTogether(ports.git, prefixes);
  const digests = await digestsOf(spellings, ask());
  const moved = digests.filter(({ of, digest }) => ports.kept.refs.valueOf(keys.refs(of))?.digest !== digest);
  const applications = followed.filter((each) => follows(each, new Set(moved.map(({ repoURL }) => repoURL))));
  const outcome = await renderAll({ applications, origin, ask }, ports);
  // Asked before anything was rendered: what has come since is looked at again.
  if (outcome.pending === 0) await Promise.all(moved.map(({ of, digest }) => saveRefs(ports.store, { of, digest })));
  return outcome;
}

type Digest = { readonly repoURL: string; readonly of: string; readonly digest: string };

async function digestsOf(repoURLs: readonly string[], refs: RefsTogether): Promise<readonly Digest[]> {
  return Promise.all(
    repoURLs.map(async (repoURL) => ({
      repoURL,
      of: seenOf.applications(repoURL),
      digest: digestRefs(await refs.all(repoURL)),
    })),
  );
}

function follows({ declared }: Followed, repoURLs: ReadonlySet<string>): boolean {
  return declared.application.sources.some(({ chart, repoURL }) => chart === undefined && repoURLs.has(repoURL));
}

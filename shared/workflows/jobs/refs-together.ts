import { refPrefixesFor } from '../../git/ref-prefixes.ts';
import type { GitRef } from '../../model/revision.ts';
import type { GitHost } from '../../ports.ts';
import type { FollowedRef } from '../serve/concerned-applications.ts';

/** All prefixes that somebody follows, by repository. Charts and full SHAs have none. */
export function followedRefs(followed: readonly FollowedRef[]): ReadonlyMap<string, readonly string[]> {
  const byRepository = new Map<string, Set<string>>();
  for (const { repoURL, targetRevision, tagPrefix, chart } of followed) {
    if (chart !== undefined) continue;
    const prefixes = refPrefixesFor(targetRevision, tagPrefix);
    if (prefixes.length === 0) continue;
    const known = byRepository.get(repoURL) ?? new Set();
    for (const prefix of prefixes) known.add(prefix);
    byRepository.set(repoURL, known);
  }
  return new Map([...byRepository].map(([repoURL, prefixes]) => [repoURL, [...prefixes].sort()]));
}

/** A question for refs that each repository is asked once, for all who follow anything in it. */
export type RefsTogether = GitHost & {
  /** All refs of a repository that somebody follows; where nobody does, it is not asked. */
  all(repoURL: string): Promise<readonly GitRef[]>;
};

/** Asks each repository for all that is followed in it at once, at the first question. */
export function askTogether(git: GitHost, followed: ReadonlyMap<string, readonly string[]>): RefsTogether {
  const answers = new Map<string, Promise<readonly GitRef[]>>();
  const ask = async (repoURL: string): Promise<readonly GitRef[]> => {
    const prefixes = followed.get(repoURL) ?? [];
    return prefixes.length === 0 ? [] : git.listRefs(repoURL, prefixes);
  };
  const all = (repoURL: string): Promise<readonly GitRef[]> => {
    const answer = answers.get(repoURL) ?? ask(repoURL);
    answers.set(repoURL, answer);
    return answer;
  };
  return {
    all,
    openCommit: (repoURL, wanted) => git.openCommit(repoURL, wanted),
    listRefs: async (repoURL, prefixes) => {
      const known = followed.get(repoURL) ?? [];
      if (!prefixes.every((prefix) => known.includes(prefix))) return git.listRefs(repoURL, prefixes);
      return (await all(repoURL)).filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
    },
  };
}

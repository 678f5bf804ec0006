import type { GitRef } from '../model/revision.ts';
import type { GitHost } from '../ports.ts';

/** A GitHost that asks each repository for the same refs only once: for one round, in which many applications share a repository. */
export function probeOnce(git: GitHost): GitHost {
  const asked = new Map<string, Promise<readonly GitRef[]>>();
  return {
    openCommit: (repoURL, wanted) => git.openCommit(repoURL, wanted),
    listRefs: (repoURL, prefixes) => {
      const question = [repoURL, ...prefixes].join(' ');
      const known = asked.get(question);
      if (known !== undefined) return known;
      const answer = git.listRefs(repoURL, prefixes);
      asked.set(question, answer);
      return answer;
    },
  };
}

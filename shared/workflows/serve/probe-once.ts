import type { GitRef } from '../../model/revision.ts';
import type { GitHost } from '../../ports.ts';

/** A GitHost that knows the order in which it was asked. */
export type ProbedGit = GitHost & {
  /** How many questions it was asked so far. */
  asked(): number;
  /** True when a repository was asked for these refs, and that was not among the first so many questions. */
  isAskedSince(count: number, repoURL: string, prefixes: readonly string[]): boolean;
};

/** A GitHost that asks each repository for the same refs only once: for one round, in which many applications share a repository. */
export function probeOnce(git: GitHost): ProbedGit {
  const answers = new Map<string, { readonly answer: Promise<readonly GitRef[]>; readonly index: number }>();
  return {
    openCommit: (repoURL, wanted) => git.openCommit(repoURL, wanted),
    listRefs: (repoURL, prefixes) => {
      const question = questionOf(repoURL, prefixes);
      const known = answers.get(question);
      if (known !== undefined) return known.answer;
      const answer = git.listRefs(repoURL, prefixes);
      answers.set(question, { answer, index: answers.size });
      return answer;
    },
    asked: () => answers.size,
    isAskedSince: (count, repoURL, prefixes) => (answers.get(questionOf(repoURL, prefixes))?.index ?? -1) >= count,
  };
}

function questionOf(repoURL: string, prefixes: readonly string[]): string {
  return [repoURL, ...prefixes].join(' ');
}

import { refPrefixesFor } from '../../git/ref-prefixes.ts';
import { parseRevisionKind } from '../../git/revision-kind.ts';
import { parseConstraint, parseVersion, satisfies } from '../../git/version-constraint.ts';
import type { Application, Source } from '../../model/application.ts';
import type { Push, PushedRef } from '../../model/push.ts';
import { normaliseRepoURL } from '../../model/repo-url.ts';
import { dependsOnPaths } from '../../plan/generate-paths.ts';

/** A place in a repository that somebody follows. */
export type FollowedRef = Pick<Source, 'repoURL' | 'targetRevision' | 'tagPrefix' | 'chart'>;

/** True when a push may have changed what an application renders: one of its sources, `$ref` sources among them, follows what it moved. */
export function concernsApplication(push: Push, application: Application): boolean {
  if (!application.sources.some((source) => concernsRef(push, source))) return false;
  return push.changedPaths === undefined || dependsOnPaths(application, push.changedPaths);
}

/** True when a push moved what a place follows: repository in whatever spelling, and branch, tag, range of tags or HEAD. */
export function concernsRef(push: Push, followed: FollowedRef): boolean {
  if (followed.chart !== undefined) return false;
  const own = comparableRepository(followed.repoURL);
  return push.repoURLs.some((url) => comparableRepository(url) === own) && push.refs.some(followedIn(push, followed));
}

/**
 * Gives of many pushes those of an application's repositories. To ask that first keeps the cost of a burst from being the number of
 * pushes times that of applications.
 */
export function pushesByRepository(pushes: readonly Push[]): (sources: readonly FollowedRef[]) => readonly Push[] {
  const byRepository = new Map<string, Set<Push>>();
  for (const push of pushes)
    for (const repository of push.repoURLs.map(comparableRepository))
      byRepository.set(repository, (byRepository.get(repository) ?? new Set()).add(push));
  return (sources) => [
    ...new Set(sources.flatMap(({ repoURL }) => [...(byRepository.get(comparableRepository(repoURL)) ?? [])])),
  ];
}

/** A repository's URL in the one form in which its spellings are equal. Hosts do not tell upper from lower case in a repository's name, and its web, HTTP and SSH addresses differ in port and `ssh.`. */
export function comparableRepository(url: string): string {
  return normaliseRepoURL(url)
    .toLowerCase()
    .replace(/^(?:ssh\.)?([^/]*?)(?::\d+)?(?=\/|$)/, '$1');
}

const heads = 'refs/heads/';

type IsFollowed = (ref: PushedRef) => boolean;

/** What is followed is made out once for all refs of a push: they may be thousands. */
function followedIn(push: Push, { targetRevision, tagPrefix = '' }: FollowedRef): IsFollowed {
  const wanted = parseRevisionKind(targetRevision);
  const names = refPrefixesFor(targetRevision, tagPrefix);
  const [start = ''] = names;
  if (wanted.kind === 'range') return tagsInRange(start, wanted.range);
  // A prefix without a range is an error whatever is pushed.
  if (tagPrefix !== '') return () => false;
  if (start !== 'HEAD') return ({ name }) => names.includes(name);
  const { defaultBranch } = push;
  return ({ name }) => (defaultBranch === undefined ? name.startsWith(heads) : name === `${heads}${defaultBranch}`);
}

function tagsInRange(start: string, range: string): IsFollowed {
  const constraint = parseConstraint(range) ?? [];
  return ({ name }) => {
    const version = name.startsWith(start) ? parseVersion(name.slice(start.length)) : undefined;
    return version !== undefined && satisfies(version, constraint);
  };
}

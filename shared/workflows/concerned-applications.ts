import { refPrefixesFor } from '../git/ref-prefixes.ts';
import { parseRevisionKind } from '../git/revision-kind.ts';
import { highestVersion } from '../git/version-constraint.ts';
import type { Application, Source } from '../model/application.ts';
import type { Push, PushedRef } from '../model/push.ts';
import { normaliseRepoURL } from '../model/repo-url.ts';
import { dependsOnPaths } from '../plan/generate-paths.ts';

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
  const own = comparable(followed.repoURL);
  return push.repoURLs.some((url) => comparable(url) === own) && push.refs.some((ref) => moves(ref, followed, push));
}

/** Hosts do not tell upper from lower case in a repository's name, and its web, HTTP and SSH addresses differ in port and `ssh.`. */
function comparable(url: string): string {
  return normaliseRepoURL(url)
    .toLowerCase()
    .replace(/^(?:ssh\.)?([^/]*?)(?::\d+)?(?=\/|$)/, '$1');
}

const heads = 'refs/heads/';

function moves({ name }: PushedRef, { targetRevision, tagPrefix = '' }: FollowedRef, push: Push): boolean {
  const wanted = parseRevisionKind(targetRevision);
  const [asked = ''] = refPrefixesFor(targetRevision, tagPrefix);
  if (wanted.kind === 'range') return isTagInRange(name, asked, wanted.range);
  // A prefix without a range is an error whatever is pushed.
  if (tagPrefix !== '') return false;
  if (asked !== 'HEAD') return refPrefixesFor(targetRevision).includes(name);
  return push.defaultBranch === undefined ? name.startsWith(heads) : name === `${heads}${push.defaultBranch}`;
}

function isTagInRange(name: string, start: string, range: string): boolean {
  return name.startsWith(start) && highestVersion(range, [name.slice(start.length)]) !== undefined;
}

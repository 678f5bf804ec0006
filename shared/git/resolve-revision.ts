import { GitError } from '../errors.ts';
import { withoutUserinfo } from '../model/repo-url.ts';
import type { GitRef } from '../model/revision.ts';
import { parseRevisionKind } from './revision-kind.ts';
import { highestVersion } from './version-constraint.ts';

/** `sha` may be an abbreviation, as written, when it matched no ref; `ref` is the full name that it was found under. */
export type ResolvedRevision = { readonly sha: string; readonly ref?: string };

export type RevisionRequest = {
  /** Empty: HEAD. */
  readonly targetRevision: string;
  /** Only tags with this prefix are candidates; it is cut off before versions are compared. */
  readonly tagPrefix?: string | undefined;
  /** For messages. */
  readonly repoURL?: string;
};

const tags = 'refs/tags/';
const namedInHint = 5;

/**
 * The commit that a targetRevision stands for, by Argo CD's rules: a range takes the greatest matching tag, a short name the first
 * ref of that name in the order listed, an annotated tag the commit behind it. Unknown: GitError `git-revision-unknown`.
 */
export function resolveRevision(request: RevisionRequest, refs: readonly GitRef[]): ResolvedRevision {
  const { targetRevision, tagPrefix = '', repoURL = '' } = request;
  const wanted = parseRevisionKind(targetRevision);
  if (wanted.kind === 'range') return highestTag({ range: wanted.range, tagPrefix, repoURL }, refs);
  if (tagPrefix !== '') throw notARange(targetRevision, tagPrefix);
  if (wanted.kind === 'sha') return { sha: wanted.sha };
  const { kind, name } = wanted;
  const found = refs.find((ref) => ref.name === name || (kind === 'short-name' && shortName(ref.name) === name));
  if (found !== undefined) return toCommit(found);
  if (kind === 'short-name' && /^[0-9a-f]{7,39}$/i.test(name)) return { sha: name.toLowerCase() };
  throw unknown(name, refs, repoURL);
}

/** The name by which people know a ref: `main` for `refs/heads/main`, `pull/1/head` for `refs/pull/1/head`. */
function shortName(ref: string): string {
  return ref.replace(/^refs\/(?:heads\/|tags\/|remotes\/)?/, '');
}

function highestTag(
  { range, tagPrefix, repoURL }: { readonly range: string; readonly tagPrefix: string; readonly repoURL: string },
  refs: readonly GitRef[],
): ResolvedRevision {
  const start = `${tags}${tagPrefix}`;
  const candidates = new Map(
    refs.filter(({ name }) => name.startsWith(start)).map((ref) => [ref.name.slice(start.length), ref]),
  );
  const best = candidates.get(highestVersion(range, [...candidates.keys()]) ?? '');
  if (best !== undefined) return toCommit(best);
  const prefixed = tagPrefix === '' ? '' : ` with prefix "${tagPrefix}"`;
  throw new GitError(
    'git-revision-unknown',
    `No tag${ofRepository(repoURL)}${prefixed} matches the version range "${range}".`,
    {
      object: range,
      hint: `There are ${candidates.size} tags${prefixed}${nameSome([...candidates.values()])}; pre-releases match only a range that names one, such as >=1.0.0-0.`,
    },
  );
}

function toCommit({ name, oid, peeled }: GitRef): ResolvedRevision {
  return { sha: peeled ?? oid, ref: name };
}

function notARange(targetRevision: string, tagPrefix: string): GitError {
  return new GitError(
    'git-revision-unknown',
    `"${targetRevision}" is no version range, but tagPrefix "${tagPrefix}" needs one.`,
    {
      object: targetRevision,
      hint: 'Write a range such as ^1.2 or >=1.0.0 <2.0.0, or leave tagPrefix out and name the tag.',
    },
  );
}

function unknown(name: string, refs: readonly GitRef[], repoURL: string): GitError {
  const repository = ofRepository(repoURL);
  const what =
    name === 'HEAD'
      ? `The repository${repository.replace(' of', '')} has no HEAD; it may be empty.`
      : `No branch, tag or commit${repository} is named "${name}".`;
  return new GitError('git-revision-unknown', what, {
    object: name,
    hint: `Check targetRevision and that the commit is pushed${nameSome(refs)}.`,
  });
}

function ofRepository(repoURL: string): string {
  return repoURL === '' ? '' : ` of ${withoutUserinfo(repoURL)}`;
}

function nameSome(refs: readonly GitRef[]): string {
  if (refs.length === 0) return '';
  const names = refs.slice(0, namedInHint).map((ref) => shortName(ref.name));
  return ` (known: ${names.join(', ')}${refs.length > namedInHint ? ', …' : ''})`;
}

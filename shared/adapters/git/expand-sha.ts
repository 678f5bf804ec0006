import { GitError } from '../../errors.ts';
import type { Repository } from './fetch-commit.ts';
import { GitObjects } from './git-objects.ts';
import type { PackRequest } from './protocol-v2.ts';

const namedInHint = 5;

/**
 * The full SHA of an abbreviated one: looked for among kept commits, then among what branches and tags point to, then in the history
 * of the branches, fetched without files where the host can do that, else of the default branch. None or several: GitError
 * `git-revision-unknown`.
 */
export async function expandSha(digits: string, { remote, kept }: Repository): Promise<string> {
  const { shown } = remote.address;
  if (!/^[0-9a-f]{4,40}$/.test(digits)) throw unknown(shown, digits, 'It is not an abbreviated SHA either.');
  const known = await kept.startingWith(digits);
  if (known.length > 0) return only(shown, digits, known);
  const refs = await remote.listRefs(['HEAD', 'refs/heads/', 'refs/tags/']);
  const tips = refs.map(({ oid, peeled }) => peeled ?? oid);
  const listed = tips.filter((sha) => sha.startsWith(digits));
  if (listed.length > 0) return only(shown, digits, listed);
  const heads = refs.filter(({ name }) => !name.startsWith('refs/tags/')).map(({ oid }) => oid);
  if (heads.length === 0) throw unknown(shown, digits, 'The repository is empty.');
  return only(shown, digits, await searchHistory(digits, { remote, kept }, [...new Set(heads)]));
}

async function searchHistory(
  digits: string,
  { remote, kept }: Repository,
  heads: readonly string[],
): Promise<readonly string[]> {
  const search = (request: PackRequest): Promise<readonly string[]> =>
    kept.scratch(async (folder) => {
      await remote.fetch(request, folder);
      return new GitObjects(folder).commitsStartingWith(digits);
    });
  try {
    return await search({ wants: heads, extent: 'commits-only' });
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'git-failed') throw error;
    return search({ wants: heads.slice(0, 1), extent: 'history' });
  }
}

function only(shown: string, digits: string, found: readonly string[]): string {
  const [first, ...others] = [...new Set(found)];
  if (first === undefined)
    throw unknown(shown, digits, 'Its branches do not contain such a commit; write the full SHA if it is elsewhere.');
  if (others.length === 0) return first;
  const names = [first, ...others].slice(0, namedInHint).join(', ');
  throw unknown(shown, digits, `Several commits start so: ${names}. Write more digits.`);
}

function unknown(shown: string, digits: string, hint: string): GitError {
  const message = `Git repository ${shown} has no branch, tag or single commit "${digits}".`;
  return new GitError('git-revision-unknown', message, { object: shown, hint });
}

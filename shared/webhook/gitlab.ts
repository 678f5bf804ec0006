import * as z from 'zod';
import { changedPaths, type PushedCommit, pushedCommit } from './changed-paths.ts';
import { address, isNoObject, listOf, type Malformed, objectId, readAs, refName, shortName } from './payload-shapes.ts';
import { noPush, type PushFacts, type ReadEvent, toPushFacts } from './push-facts.ts';

const kind: z.ZodType<string> = z
  .object({ event_name: z.string().nullish(), object_kind: z.string().nullish() })
  .transform(({ event_name, object_kind }) => event_name ?? object_kind ?? '')
  .refine((name) => name !== '');

const project = z.object({
  git_http_url: address,
  git_ssh_url: address,
  http_url: address,
  ssh_url: address,
  url: address,
  web_url: address,
  homepage: address,
  default_branch: shortName,
});

const move = z.object({ ref: refName, before: objectId, after: objectId });

const push = move.extend({
  total_commits_count: z.number().nullish(),
  commits: listOf(pushedCommit).nullish(),
  project,
  repository: project.nullish(),
});

/** A system hook's word for a push, in which it names all its refs at once. */
const update = z.object({ changes: listOf(move), project });

const readers: ReadonlyMap<string, (payload: unknown) => PushFacts | Malformed> = new Map([
  ['push', readPush],
  ['tag_push', readPush],
  ['repository_update', readUpdate],
]);

/** Reads GitLab's pushes of branches and tags, from project, group and system hooks. Their header does not tell which it is. */
export const readGitlab: ReadEvent = (_event, payload) => {
  const read = readAs(kind, payload);
  if ('malformed' in read) return read;
  return readers.get(read.value)?.(payload) ?? noPush;
};

function readPush(payload: unknown): PushFacts | Malformed {
  const read = readAs(push, payload);
  if ('malformed' in read) return read;
  const { value } = read;
  const commits = value.commits ?? [];
  const isWhole = value.total_commits_count === commits.length && !commits.some(mayHideRename);
  return toPushFacts({
    addresses: [...addressesOf(value.project), ...addressesOf(value.repository)],
    refs: [toRef(value)],
    defaultBranch: value.project.default_branch,
    changedPaths: isWhole ? changedPaths({ ...value, commits }) : undefined,
  });
}

function readUpdate(payload: unknown): PushFacts | Malformed {
  const read = readAs(update, payload);
  if ('malformed' in read) return read;
  const { changes, project: of } = read.value;
  return toPushFacts({ addresses: addressesOf(of), refs: changes.map(toRef), defaultBranch: of.default_branch });
}

/** GitLab tells of a renamed file as one that was added, and leaves out where it was (`repo_changes` in its commit.rb). */
function mayHideRename({ added }: PushedCommit): boolean {
  return (added?.length ?? 0) > 0;
}

function toRef({ ref, after }: z.infer<typeof move>): { readonly name: string; readonly deleted: boolean } {
  return { name: ref, deleted: isNoObject(after) };
}

function addressesOf(of: z.infer<typeof project> | null | undefined): readonly (string | null | undefined)[] {
  return [of?.git_http_url, of?.git_ssh_url, of?.http_url, of?.ssh_url, of?.url, of?.web_url, of?.homepage];
}

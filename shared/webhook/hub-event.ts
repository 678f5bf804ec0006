import * as z from 'zod';
import { changedPaths, type PushedCommit, pushedCommit } from './changed-paths.ts';
import {
  address,
  isNoObject,
  isRefName,
  listOf,
  type Malformed,
  objectId,
  readAs,
  refName,
  shortName,
} from './payload-shapes.ts';
import { noPush, type PushFacts, toPushFacts } from './push-facts.ts';

const repository = z.object({
  clone_url: address,
  ssh_url: address,
  git_url: address,
  html_url: address,
  default_branch: shortName,
});

const push = z.object({
  ref: refName,
  before: objectId,
  after: objectId,
  deleted: z.boolean().nullish(),
  forced: z.boolean().nullish(),
  total_commits: z.number().nullish(),
  commits: listOf(pushedCommit).nullish(),
  repository,
});

const namedRef = z.object({ ref: shortName, ref_type: z.string(), repository });

const folders: ReadonlyMap<string, string> = new Map([
  ['branch', 'refs/heads/'],
  ['tag', 'refs/tags/'],
]);

/** What tells whether a push's commits, and the files of each, are all listed. */
export type HubPush = {
  readonly forced?: boolean | null | undefined;
  readonly total_commits?: number | null | undefined;
  readonly commits: readonly PushedCommit[];
};

type IsWhole = (push: HubPush) => boolean;

const readers: ReadonlyMap<string, (payload: unknown, isWhole: IsWhole) => PushFacts | Malformed> = new Map([
  ['push', readPush],
  ['create', (payload: unknown) => readNamedRef(payload, false)],
  ['delete', (payload: unknown) => readNamedRef(payload, true)],
]);

/** Reads an event in GitHub's form, which Gitea, Forgejo and Gogs took over; `isWhole` knows the host's limits. */
export function readHubEvent(event: string, payload: unknown, isWhole: IsWhole): PushFacts | Malformed {
  return readers.get(event)?.(payload, isWhole) ?? noPush;
}

function readPush(payload: unknown, isWhole: IsWhole): PushFacts | Malformed {
  const read = readAs(push, payload);
  if ('malformed' in read) return read;
  const { value } = read;
  const told = { ...value, commits: value.commits ?? [] };
  return factsOf(value.repository, {
    name: value.ref,
    deleted: value.deleted === true || isNoObject(value.after),
    changedPaths: isWhole(told) ? changedPaths(told) : undefined,
  });
}

/** A new or deleted branch or tag, told by its short name; some versions of Gitea give it in full. */
function readNamedRef(payload: unknown, deleted: boolean): PushFacts | Malformed {
  const read = readAs(namedRef, payload);
  if ('malformed' in read) return read;
  const { ref, ref_type: type, repository: of } = read.value;
  const folder = folders.get(type);
  if (folder === undefined) return noPush;
  const name = ref?.startsWith(folder) ? ref : `${folder}${ref ?? ''}`;
  return isRefName(name)
    ? factsOf(of, { name, deleted })
    : { malformed: 'the payload has not the documented shape at ref' };
}

function factsOf(
  { clone_url, ssh_url, git_url, html_url, default_branch: defaultBranch }: z.infer<typeof repository>,
  moved: { readonly name: string; readonly deleted: boolean; readonly changedPaths?: readonly string[] | undefined },
): PushFacts | Malformed {
  return toPushFacts({
    addresses: [clone_url, ssh_url, git_url, html_url],
    refs: [{ name: moved.name, deleted: moved.deleted }],
    defaultBranch,
    changedPaths: moved.changedPaths,
  });
}

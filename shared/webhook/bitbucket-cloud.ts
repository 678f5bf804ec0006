import * as z from 'zod';
import type { PushedRef } from '../model/push.ts';
import { address, isRefName, listOf, readAs, shortName } from './payload-shapes.ts';
import { noPush, type ReadEvent, toPushFacts } from './push-facts.ts';

const folders = { branch: 'refs/heads/', named_branch: 'refs/heads/', tag: 'refs/tags/', annotated_tag: 'refs/tags/' };

const side = z.object({ type: z.enum(['branch', 'named_branch', 'tag', 'annotated_tag']), name: z.string() });

type Side = z.infer<typeof side>;

/** `new` is null for what was deleted, `old` for what was made; one of both is there. */
const change: z.ZodType<PushedRef> = z
  .object({ new: side.nullish(), old: side.nullish() })
  .transform(({ new: now, old }) => ({ name: nameOf(now ?? old), deleted: (now ?? undefined) === undefined }))
  .refine(({ name }) => isRefName(name));

const push = z.object({
  push: z.object({ changes: listOf(change) }),
  repository: z.object({
    links: z.object({ html: z.object({ href: address }).nullish() }),
    mainbranch: z.object({ name: shortName }).nullish(),
  }),
});

/** Reads Bitbucket Cloud's `repo:push`. It does not tell which files changed. */
export const readBitbucketCloud: ReadEvent = (event, payload) => {
  if (event !== 'repo:push') return noPush;
  const read = readAs(push, payload);
  if ('malformed' in read) return read;
  const { push: pushed, repository } = read.value;
  return toPushFacts({
    addresses: [repository.links.html?.href],
    refs: pushed.changes,
    defaultBranch: repository.mainbranch?.name,
  });
};

function nameOf(ref: Side | null | undefined): string {
  return ref ? `${folders[ref.type]}${ref.name}` : '';
}

import * as z from 'zod';
import { address, listOf, readAs, refName } from './payload-shapes.ts';
import { noPush, type ReadEvent, toPushFacts } from './push-facts.ts';

const links = listOf(z.object({ href: address })).nullish();

const push = z.object({
  changes: listOf(z.object({ ref: z.object({ id: refName }), type: z.enum(['ADD', 'UPDATE', 'DELETE']) })),
  repository: z.object({ links: z.object({ clone: links, self: links }).nullish() }),
});

/** Reads Bitbucket Server's and Data Center's `repo:refs_changed`. It does not tell which files changed. */
export const readBitbucketServer: ReadEvent = (event, payload) => {
  if (event !== 'repo:refs_changed') return noPush;
  const read = readAs(push, payload);
  if ('malformed' in read) return read;
  const { changes, repository } = read.value;
  return toPushFacts({
    addresses: [...(repository.links?.clone ?? []), ...(repository.links?.self ?? [])].map(({ href }) => href),
    refs: changes.map(({ ref, type }) => ({ name: ref.id, deleted: type === 'DELETE' })),
  });
};

import * as z from 'zod';
import { address, isNoObject, listOf, objectId, readAs, refName, shortName } from './payload-shapes.ts';
import { noPush, type ReadEvent, toPushFacts } from './push-facts.ts';

const kind = z.object({ eventType: z.string() });

const push = z.object({
  resource: z.object({
    refUpdates: listOf(z.object({ name: refName, newObjectId: objectId })),
    repository: z.object({ remoteUrl: address, sshUrl: address, webUrl: address, defaultBranch: shortName }),
  }),
});

/** Reads Azure DevOps's `git.push`, named in the payload. It does not tell which files changed. */
export const readAzureDevops: ReadEvent = (_event, payload) => {
  const named = readAs(kind, payload);
  if ('malformed' in named) return named;
  if (named.value.eventType !== 'git.push') return noPush;
  const read = readAs(push, payload);
  if ('malformed' in read) return read;
  const { refUpdates, repository } = read.value.resource;
  return toPushFacts({
    addresses: [repository.remoteUrl, repository.sshUrl, repository.webUrl],
    refs: refUpdates.map(({ name, newObjectId }) => ({ name, deleted: isNoObject(newObjectId) })),
    defaultBranch: repository.defaultBranch,
  });
};

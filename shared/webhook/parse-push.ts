import type { Delivery, GitProvider, Push } from '../model/push.ts';
import { readAzureDevops } from './azure-devops.ts';
import { readBitbucketCloud } from './bitbucket-cloud.ts';
import { readBitbucketServer } from './bitbucket-server.ts';
import { readGitea } from './gitea.ts';
import { readGithub } from './github.ts';
import { readGitlab } from './gitlab.ts';
import type { Malformed } from './payload-shapes.ts';
import type { ReadEvent } from './push-facts.ts';
import { readPayload } from './read-payload.ts';

type Host = {
  /** Headers that name the event, and those that name the delivery; the first that is there counts. */
  readonly event: readonly string[];
  readonly delivery: readonly string[];
  readonly read: ReadEvent;
};

const hosts: { readonly [provider in GitProvider]: Host } = {
  github: { event: ['x-github-event'], delivery: ['x-github-delivery'], read: readGithub },
  gitlab: { event: ['x-gitlab-event'], delivery: ['webhook-id', 'x-gitlab-event-uuid'], read: readGitlab },
  gitea: {
    event: ['x-gitea-event', 'x-forgejo-event', 'x-gogs-event'],
    delivery: ['x-gitea-delivery', 'x-forgejo-delivery', 'x-gogs-delivery'],
    read: readGitea,
  },
  'bitbucket-cloud': { event: ['x-event-key'], delivery: ['x-request-uuid'], read: readBitbucketCloud },
  'bitbucket-server': { event: ['x-event-key'], delivery: ['x-request-id'], read: readBitbucketServer },
  'azure-devops': { event: [], delivery: ['x-vss-activityid'], read: readAzureDevops },
};

/** What a verified delivery says of a push; a ping or another event has no refs. Never throws, whatever the body is. */
export function parsePush(provider: GitProvider, { headers, body }: Delivery): { readonly push: Push } | Malformed {
  const host = hosts[provider];
  const read = readPayload(body);
  if ('malformed' in read) return read;
  const facts = host.read(firstOf(headers, host.event) ?? '', read.payload);
  if ('malformed' in facts) return facts;
  const delivery = firstOf(headers, host.delivery);
  return { push: { provider, ...facts, ...(isPlainId(delivery) ? { delivery } : {}) } };
}

function firstOf(headers: Delivery['headers'], names: readonly string[]): string | undefined {
  return names.map((name) => headers[name]).find((value) => value !== undefined);
}

/** Only what can stand in a log as it is. */
function isPlainId(id: string | undefined): id is string {
  return id !== undefined && /^[\w.:@{}-]{1,128}$/.test(id);
}

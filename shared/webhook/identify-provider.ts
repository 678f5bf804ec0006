import type { Delivery, GitProvider } from '../model/push.ts';

/** The first header that is there decides: Gitea and its kin send GitHub's header too, and Bitbucket Cloud sends Server's. */
const marks: readonly (readonly [header: string, provider: GitProvider])[] = [
  ['x-gitea-event', 'gitea'],
  ['x-forgejo-event', 'gitea'],
  ['x-gogs-event', 'gitea'],
  ['x-gitlab-event', 'gitlab'],
  ['x-hook-uuid', 'bitbucket-cloud'],
  ['x-event-key', 'bitbucket-server'],
  ['x-vss-activityid', 'azure-devops'],
  ['x-vss-subscriptionid', 'azure-devops'],
  ['x-github-event', 'github'],
];

/** The Git host that a delivery says it comes from, by its headers alone; undefined: none that is known. */
export function identifyProvider(headers: Delivery['headers']): GitProvider | undefined {
  return marks.find(([header]) => headers[header] !== undefined)?.[1];
}

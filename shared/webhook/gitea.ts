import { readHubEvent } from './hub-event.ts';
import type { ReadEvent } from './push-facts.ts';

/**
 * Reads Gitea's, Forgejo's and Gogs's `push`, `create` and `delete`. They list the newest few commits only (five, as they are
 * installed), so their paths count when the total says that these are all; Gogs gives none. Forced pushes are not marked.
 */
export const readGitea: ReadEvent = (event, payload) =>
  readHubEvent(event, payload, ({ total_commits: total, commits }) => total === commits.length);

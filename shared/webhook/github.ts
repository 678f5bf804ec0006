import type { PushedCommit } from './changed-paths.ts';
import { type HubPush, readHubEvent } from './hub-event.ts';
import type { ReadEvent } from './push-facts.ts';

/** GitHub lists at most 2,048 commits of a push and 3,000 files of a commit (docs.github.com, webhook event `push`). */
const maxCommits = 2_048;
const maxFiles = 3_000;

/** Reads GitHub's `push`, `create` and `delete`. */
export const readGithub: ReadEvent = (event, payload) => readHubEvent(event, payload, isWhole);

function isWhole({ forced, commits }: HubPush): boolean {
  return forced === false && commits.length < maxCommits && commits.every((commit) => fileCount(commit) < maxFiles);
}

function fileCount({ added, modified, removed }: PushedCommit): number {
  return [added, modified, removed].reduce((count, list) => count + (list?.length ?? 0), 0);
}

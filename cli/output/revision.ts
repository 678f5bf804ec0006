import type { ResolvedSource } from '../../shared/model/revision.ts';

/** A commit by its first seven digits; a chart's version as it is. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{40,64}$/.test(revision) ? revision.slice(0, 7) : revision;
}

/** The revisions of all sources, those that several share once. */
export function formatRevisions(sources: readonly ResolvedSource[]): string {
  return [...new Set(sources.map(({ revision }) => shortRevision(revision)))].join(', ');
}

/** A source for people: where, what in it, which revision, and who made that. */
export function formatSource({ repoURL, path, chart, revision, commit }: ResolvedSource): string {
  const place = chart === undefined ? (path ?? '') : `chart ${chart}`;
  const said = commit === undefined ? '' : ` "${commit.subject}" by ${commit.author}`;
  return [repoURL, place, shortRevision(revision)].filter((part) => part !== '').join(' ') + said;
}

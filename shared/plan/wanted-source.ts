import type { Source } from '../model/application.ts';
import type { Head } from '../model/head.ts';
import type { Pin, Refusal } from '../model/pin.ts';
import type { ResolvedSource } from '../model/revision.ts';

/** Where an application's manifests come from now. */
export type WantedSource =
  | { readonly from: 'git'; readonly endsPin: boolean }
  | { readonly from: 'snapshot'; readonly pin: Pin }
  /** Git has gone back to what was refused: it stays as it is. */
  | { readonly from: 'deployed'; readonly refusal: Refusal };

/** What Git says now. */
export type InGit = {
  readonly renderDigest: string;
  readonly sources: readonly ResolvedSource[];
  /** The sources as the Application has them. */
  readonly declared: readonly Source[];
};

/**
 * Git's render, unless a pin or a refusal stands against it. A pin that may end does so when Git wants another render than those
 * that were refused; what was refused is never taken again.
 */
export function wantedSource({ pin, refused }: Pick<Head, 'pin' | 'refused'>, git: InGit): WantedSource {
  const refusal = refused.findLast((each) => isRefused(each, git));
  if (pin !== undefined && (pin.until === 'unpinned' || refusal !== undefined)) return { from: 'snapshot', pin };
  if (refusal !== undefined) return { from: 'deployed', refusal };
  return { from: 'git', endsPin: pin !== undefined };
}

/** A new version of a tool or cluster may render the same commit otherwise: it is the same commit. */
function isRefused(refusal: Refusal, git: InGit): boolean {
  if (refusal.renderDigest === git.renderDigest) return true;
  return placesOf(refusal) === placesOf(git);
}

function placesOf({ sources, declared }: Pick<InGit, 'sources' | 'declared'>): string {
  return JSON.stringify([declared, sources.map(({ revision, digest }) => [revision, digest])]);
}

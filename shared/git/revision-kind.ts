import { parseConstraint, parseVersion } from './version-constraint.ts';

/** What a targetRevision asks for, before any ref is known. */
export type RevisionKind =
  | { readonly kind: 'sha'; readonly sha: string }
  | { readonly kind: 'range'; readonly range: string }
  | { readonly kind: 'full-name'; readonly name: string }
  | { readonly kind: 'short-name'; readonly name: string };

/**
 * Sorts a targetRevision by Argo CD's rules: empty is HEAD; 40 hex digits are a commit; an exact version such as `v1.2` is a
 * plain name; what reads as a version constraint is a range over tags.
 */
export function parseRevisionKind(targetRevision: string): RevisionKind {
  const revision = targetRevision.trim();
  if (revision === '' || revision === 'HEAD') return { kind: 'full-name', name: 'HEAD' };
  if (/^[0-9a-f]{40}$/i.test(revision)) return { kind: 'sha', sha: revision.toLowerCase() };
  if (revision.startsWith('refs/')) return { kind: 'full-name', name: revision };
  const isRange = parseVersion(revision) === undefined && parseConstraint(revision) !== undefined;
  return isRange ? { kind: 'range', range: revision } : { kind: 'short-name', name: revision };
}

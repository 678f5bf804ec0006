import { parseRevisionKind } from './revision-kind.ts';

/** What to ask a host for so that `resolveRevision` can answer; empty for a full SHA, which needs no host. */
export function refPrefixesFor(targetRevision: string, tagPrefix = ''): readonly string[] {
  const wanted = parseRevisionKind(targetRevision);
  if (tagPrefix !== '' || wanted.kind === 'range') return [`refs/tags/${tagPrefix}`];
  if (wanted.kind === 'sha') return [];
  if (wanted.kind === 'full-name') return [wanted.name];
  return ['refs/heads/', 'refs/tags/', 'refs/', 'refs/remotes/'].map((folder) => `${folder}${wanted.name}`);
}

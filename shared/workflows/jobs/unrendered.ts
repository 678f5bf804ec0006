import { isFixedVersion } from '../../git/fixed-version.ts';
import type { Application } from '../../model/application.ts';
import type { WantedByGit } from '../../model/wanted.ts';
import type { KeptObjects } from '../../state/kept-objects.ts';
import { specOf } from '../../state/wanted.ts';
import type { Followed } from '../serve/follow.ts';
import { wantedKey } from './wanted-key.ts';

/** True for an application that nobody has rendered as it is declared now. */
export function isStale(followed: Followed, wanted: Pick<KeptObjects<WantedByGit>, 'valueOf'>): boolean {
  const found = wanted.valueOf(wantedKey(followed));
  const spec = specOf(followed.declared.application, followed.project);
  return found?.rendered?.spec !== spec && found?.problem?.spec !== spec;
}

/**
 * True for an application whose newest commit came to nothing: a chart that is published late, a cluster that is registered late, or a
 * credential that is put right moves no ref of Git.
 */
export function isTroubled(followed: Followed, wanted: Pick<KeptObjects<WantedByGit>, 'valueOf'>): boolean {
  return wanted.valueOf(wantedKey(followed))?.problem !== undefined;
}

/** True for an application with a chart by version range: no ref of Git tells when that means another version. */
export function isFloating({ sources }: Application): boolean {
  return sources.some(({ chart, targetRevision }) => chart !== undefined && !isFixedVersion(targetRevision));
}

import type { Application } from '../model/application.ts';
import { compileGlob, matchGlob } from './glob.ts';

/** On an Application: what its render depends on, paths and globs divided by `;`. */
export const generatePathsAnnotation = 'argocd.argoproj.io/manifest-generate-paths';

/**
 * False only when the application says by its annotation what it depends on, and none of the changed paths is among that; no
 * changed path at all says nothing.
 * A leading `/` is the repository's root, everything else is relative to the source's path; a path stands for all below it.
 * Source: Argo CD's util/app/path.
 */
export function dependsOnPaths(application: Application, changedPaths: readonly string[]): boolean {
  const written = application.annotations[generatePathsAnnotation];
  if (written === undefined) return true;
  const parts = written.split(';').map((part) => part.trim());
  const patterns = application.sources
    .filter(({ chart }) => chart === undefined)
    .flatMap(({ path = '' }) => parts.filter((part) => part !== '').map((part) => fromRoot(part, path)));
  if (patterns.length === 0 || changedPaths.length === 0) return true;
  return changedPaths.some((changed) => patterns.some((pattern) => covers(pattern, fromRoot(changed, ''))));
}

function covers(pattern: string, changed: string): boolean {
  if (pattern === '' || changed === pattern || changed.startsWith(`${pattern}/`)) return true;
  return compileGlob(pattern, matchGlob)?.test(changed) === true;
}

/** Without `.` and `..`; above the root is the root. */
function fromRoot(part: string, folder: string): string {
  const steps: string[] = [];
  for (const step of (part.startsWith('/') ? part : `${folder}/${part}`).split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.join('/');
}

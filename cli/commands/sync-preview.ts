import type { ApplicationDiff } from '../../shared/model/sync-request.ts';
import type { Chosen } from '../choose-applications.ts';
import { coloursFor } from '../output/colours.ts';
import { diffRecord, formatDiffSummary, formatUnknown } from '../output/diff-view.ts';
import { formatResource } from '../output/object-line.ts';
import { formatData } from '../output/write-data.ts';
import { exitCodes, type Session } from '../session.ts';

type Flags = { readonly revision?: string; readonly resource?: readonly string[]; readonly prune?: boolean };

const words = { create: 'created', change: 'configured', prune: 'pruned' } as const;

/** `plumb sync --dry-run`: what would happen to each object, as kubectl says it; the exit code does not depend on it. */
export async function previewSync(session: Session, chosen: readonly Chosen[], flags: Flags): Promise<number> {
  const { diffApplication } = await import('../../shared/workflows/compare/diff.ts');
  const found: ApplicationDiff[] = [];
  for (const each of chosen) {
    const revision = flags.revision === undefined ? {} : { revision: flags.revision };
    found.push(await diffApplication({ ...each, ...revision, resources: flags.resource ?? [] }, session.ports()));
    session.progress.finish(each.application.name);
  }
  session.progress.close();
  const { options, shell } = session;
  const isUnknown = found.some(({ unknown }) => unknown.length > 0);
  if (options.output !== 'table') shell.writeOut(await formatData(found.map(diffRecord), options.output));
  else for (const [index, diff] of found.entries()) printPreview(session, diff, willPrune(chosen[index], flags));
  return isUnknown ? exitCodes.error : exitCodes.ok;
}

function willPrune(chosen: Chosen | undefined, { prune }: Flags): boolean {
  return prune ?? chosen?.application.syncPolicy.automated?.prune ?? false;
}

function printPreview({ shell, colours }: Session, diff: ApplicationDiff, prune: boolean): void {
  const errColours = coloursFor(shell.env, shell.errIsTerminal);
  for (const { ref, change } of diff.differences) {
    const kept = change === 'prune' && !prune;
    const what = kept
      ? 'left alone: it is not in Git any more, and --prune was not given'
      : `${words[change]} (dry run)`;
    shell.writeOut(`${formatResource(ref)} ${colours.yellow(what)}\n`);
  }
  shell.writeErr(formatUnknown(diff, errColours) + formatDiffSummary(diff, errColours));
}

import type { GarbageOutcome } from '../../shared/workflows/garbage/collect-garbage.ts';
import type { Colours } from './colours.ts';

type Looks = { readonly isDryRun: boolean; readonly colours: Colours };

/** `plumb gc` for people: each snapshot that goes, and what else went and stays. */
export function formatGarbage(outcome: GarbageOutcome, { isDryRun, colours }: Looks): string {
  const would = isDryRun ? 'would remove' : 'removed';
  const lines = outcome.removedSnapshots.map(
    ({ application, name }) => `${colours.bold(application)}: ${would} snapshot ${name}`,
  );
  return [...lines, ...summaryOf(outcome, isDryRun)].map((line) => `${line}\n`).join('');
}

/** What `plumb gc -o json` prints. */
export function garbageRecord({ unreadable, ...outcome }: GarbageOutcome, isDryRun: boolean): object {
  return {
    dryRun: isDryRun,
    ...outcome,
    unreadable: unreadable.map(({ key, error }) => ({ key, message: error.message })),
  };
}

function summaryOf(outcome: GarbageOutcome, isDryRun: boolean): readonly string[] {
  const { removedSnapshots, removedRenders, removedNotes, deleted, putBack, kept } = outcome;
  const stay = `${count(kept.snapshots, 'snapshot')} and ${count(kept.renders, 'render')} stay.`;
  const removed = [
    ...some(removedSnapshots, 'snapshot'),
    ...some(removedRenders, 'render'),
    ...some(removedNotes, 'note of a render', 'notes of renders'),
  ].join(', ');
  const [remove, erase, restore] = isDryRun
    ? ['Would remove', 'Would delete', 'Would take']
    : ['Removed', 'Deleted', 'Took'];
  return [
    removed === '' ? `Nothing to remove: ${stay}` : `${remove} ${removed}: ${stay}`,
    ...some(deleted, 'object').map((objects) => `${erase} ${objects} from the garbage for good.`),
    ...some(putBack, 'object').map((objects) => `${restore} ${objects} out of the garbage again.`),
  ];
}

/** One phrase, or none where there is nothing. */
function some(things: readonly unknown[], one: string, many?: string): readonly string[] {
  return things.length === 0 ? [] : [count(things.length, one, many)];
}

function count(number: number, one: string, many: string = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

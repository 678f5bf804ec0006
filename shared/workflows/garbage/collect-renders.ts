import type { Ports } from '../../ports.ts';
import { deleteCopy, type GarbageCopy, isDue, moveToGarbage, putBack } from '../../state/garbage.ts';
import { keys } from '../../state/keys.ts';
import type { Unreadable } from '../../state/read-all.ts';
import { listRenderKeys, listRenderNotes } from '../../state/renders.ts';

export type Collection = {
  /** True for the key of a render or snapshot that a head, or a snapshot that stays, refers to. */
  readonly isReferred: (key: string) => boolean;
  readonly copies: readonly GarbageCopy[];
  readonly graceMs: number;
  /** When the reading of the references began, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly dryRun: boolean;
};

/** Keys, of what was done or, in a dry run, would be. */
export type Collected = {
  readonly removedRenders: readonly string[];
  readonly putBack: readonly string[];
  readonly deleted: readonly string[];
  readonly removedNotes: readonly string[];
  readonly keptRenders: number;
  readonly unreadable: readonly Unreadable[];
};

type GcPorts = Pick<Ports, 'store' | 'clock'>;

/** Takes what nothing refers to one step nearer to its end: renders into the garbage, and out of it what was there long enough. */
export async function collectRenders(asked: Collection, ports: GcPorts): Promise<Collected> {
  const { isReferred, copies, graceMs, startedAt, dryRun } = asked;
  const { store } = ports;
  const renders = await listRenderKeys(store);
  const due = copies.filter((copy) => isDue(copy, startedAt, graceMs));
  const [needed, spent] = [due.filter(({ of }) => isReferred(of)), due.filter(({ of }) => !isReferred(of))];
  const leaving = renders.filter((key) => isPlumbs(key) && !isReferred(key));
  for (const copy of dryRun ? [] : needed) await putBack(copy, store);
  for (const copy of dryRun ? [] : spent) await deleteCopy(copy, store);
  const removedRenders = dryRun ? leaving : await moveAll(leaving, asked, ports);
  const there = [...renders, ...copies.filter((copy) => !spent.includes(copy)).map(({ of }) => of)];
  return {
    removedRenders,
    putBack: needed.map(({ of }) => of),
    deleted: spent.map(({ of }) => of),
    keptRenders: renders.length - removedRenders.length,
    ...(await removeNotes(new Set(there), dryRun, ports)),
  };
}

async function moveAll(leaving: readonly string[], asked: Collection, ports: GcPorts): Promise<readonly string[]> {
  const moved: string[] = [];
  for (const key of leaving) if (await moveToGarbage(key, asked, ports)) moved.push(key);
  return moved;
}

/** What lies there without being a render of plumb's is somebody else's business. */
function isPlumbs(renderKey: string): boolean {
  return /^[0-9a-f]{64}$/.test(keys.digestIn(renderKey)) && renderKey.split('/').length === 3;
}

/**
 * Removes the notes that lead to no render any more. One that is written anew at this moment may go with them: then the same
 * inputs are rendered once more, and nothing else comes of it.
 */
async function removeNotes(
  there: ReadonlySet<string>,
  dryRun: boolean,
  { store }: GcPorts,
): Promise<Pick<Collected, 'removedNotes' | 'unreadable'>> {
  const { notes, unreadable } = await listRenderNotes(store);
  const idle = notes.filter(({ renderKey }) => !there.has(renderKey)).map(({ key }) => key);
  for (const key of dryRun ? [] : idle) await store.delete(key);
  return { removedNotes: idle, unreadable };
}

import type { Head } from '../../model/head.ts';
import type { Pin, Refusal } from '../../model/pin.ts';
import { unpinHead } from '../../plan/pin.ts';
import type { Ports } from '../../ports.ts';
import { loadHead } from '../../state/heads.ts';
import { moveHead } from '../sync/move-head.ts';

/** The head afterwards, and what stood against Git until now. */
export type Unpinned = { readonly head: Head; readonly pin?: Pin; readonly refused: readonly Refusal[] };

/** Lets an application go on with Git: its pin ends, and what was refused may be synced again. Nothing is synced yet. */
export async function unpinApplication(application: string, ports: Pick<Ports, 'store'>): Promise<Unpinned> {
  const loaded = await loadHead(ports.store, application);
  let before = loaded?.head;
  // Whoever syncs it meanwhile would lose the head to a change that is none.
  if (before !== undefined && before.pin === undefined && before.refused.length === 0)
    return { head: before, refused: [] };
  const head = await moveHead(application, ports, (current) => {
    before = current;
    return unpinHead(current);
  });
  const { pin, refused = [] } = before ?? {};
  return { head, refused, ...(pin === undefined ? {} : { pin }) };
}

import { PlumbError } from '../../shared/errors.ts';
import type { Head } from '../../shared/model/head.ts';
import { loadHead } from '../../shared/state/heads.ts';
import type { Unpinned } from '../../shared/workflows/rollback/unpin.ts';
import { chooseApplication } from '../choose-applications.ts';
import { clusterOf, declaredIn } from './find-declared.ts';
import { type Steering, sendJobs } from './steering.ts';

const lookEveryMs = 500;
const longestMs = 60_000;

/** `plumb unpin` where an installation does the work: it lets go of the pin, and goes on with what Git says at once. */
export async function steerUnpin(name: string, steering: Steering, signal: AbortSignal): Promise<Unpinned> {
  const chosen = chooseApplication(await declaredIn(steering), name);
  const before = (await loadHead(steering.store, name))?.head;
  if (before === undefined) throw neverSynced(name);
  if (before.pin === undefined && before.refused.length === 0) return { head: before, refused: [] };
  const { zone } = await clusterOf(chosen, steering);
  // Beside the application's own group: what waits there may be a sync of the very pin.
  await sendJobs([{ zone, group: `${name} unpin`, job: { work: 'unpin', application: name } }], steering);
  const head = await awaitUnpinned(name, steering, signal);
  return { head, refused: before.refused, ...(before.pin === undefined ? {} : { pin: before.pin }) };
}

async function awaitUnpinned(name: string, { store, clock }: Steering, signal: AbortSignal): Promise<Head> {
  for (let waitedMs = 0; waitedMs < longestMs && !signal.aborted; waitedMs += lookEveryMs) {
    const head = (await loadHead(store, name))?.head;
    if (head !== undefined && head.pin === undefined && head.refused.length === 0) return head;
    await clock.sleep(lookEveryMs, signal);
  }
  throw new PlumbError('sync-failed', `${name}: it was asked to be unpinned, and is not yet`, {
    object: name,
    hint: `it may still be; see plumb status ${name}, and the log of the function sync`,
    retryable: true,
  });
}

function neverSynced(application: string): PlumbError {
  return new PlumbError('usage', `${application} was never synced`, {
    object: application,
    hint: 'plumb list shows what is known; check the name and --store',
  });
}

import { PlumbError, SyncError } from '../../errors.ts';
import type { Head } from '../../model/head.ts';
import type { Ports } from '../../ports.ts';
import { loadHead, saveHead } from '../../state/heads.ts';

const mostAttempts = 20;

/** Changes a head that others may be changing too: read and tried again until it is saved. `change` may be called several times. */
export async function moveHead(
  application: string,
  { store }: Pick<Ports, 'store'>,
  change: (head: Head) => Head,
): Promise<Head> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const loaded = await loadHead(store, application);
    if (loaded === undefined) throw neverSynced(application);
    const next = change(loaded.head);
    if ((await saveHead(store, next, loaded.etag)).won) return next;
  }
  throw new SyncError('sync-locked', `${application}: other processes keep moving its state`, {
    object: application,
    hint: 'run it again',
    retryable: true,
  });
}

function neverSynced(application: string): PlumbError {
  return new PlumbError('usage', `${application} was never synced`, {
    object: application,
    hint: 'plumb list shows what is known; check the name and --store',
  });
}

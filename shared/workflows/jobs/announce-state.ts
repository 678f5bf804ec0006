import { announcedOf, stateEvents } from '../../plan/state-events.ts';
import { loadAnnounced, saveAnnounced } from '../../state/announced.ts';
import { loadHead } from '../../state/heads.ts';
import type { SyncPorts } from './job-ports.ts';

/**
 * Tells what has happened to an application since it was last told. What is told is remembered afterwards: whoever dies in between
 * tells it twice, under the same id, and never not at all.
 */
export async function announceState(
  application: string,
  { store, announcer, clock }: Pick<SyncPorts, 'store' | 'announcer' | 'clock'>,
): Promise<number> {
  const [loaded, before] = await Promise.all([loadHead(store, application), loadAnnounced(store, application)]);
  if (loaded === undefined) return 0;
  const at = clock.now().toISOString();
  const events = stateEvents(before, loaded.head, at);
  if (events.length > 0) await announcer.announce(events);
  const now = announcedOf(loaded.head);
  const { at: _then, ...known } = before ?? {};
  if (JSON.stringify(now) !== JSON.stringify(known)) await saveAnnounced(store, { ...now, at });
  return events.length;
}

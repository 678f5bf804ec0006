import type { Head } from '../model/head.ts';
import { isGood } from './good-snapshot.ts';

/** The head, with what is seen of the newest snapshot noted while it is what is deployed: once it ran, it is known to run. */
export function rememberHealth(head: Head): Head {
  const { deployed, health, operation, snapshots } = head;
  const newest = snapshots.at(-1);
  if (newest === undefined || newest.outcome !== 'Succeeded' || isGood(newest)) return head;
  if (operation?.phase === 'Running' || deployed?.renderDigest !== newest.renderDigest) return head;
  if (newest.health === health.code) return head;
  return { ...head, snapshots: [...snapshots.slice(0, -1), { ...newest, health: health.code }] };
}

import type { Lease } from '../model/operation.ts';
import type { Ports } from '../ports.ts';

/** True while whoever holds a lease may be at work: it is not over, and its worker is not known to have ended. */
export function isLive({ holder, until }: Lease, { clock, worker }: Pick<Ports, 'clock' | 'worker'>): boolean {
  return new Date(until) > clock.now() && !worker.hasEnded(holder);
}

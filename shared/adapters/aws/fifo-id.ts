import { createHash } from 'node:crypto';

/** An id as FIFO queues take it, for groups and for what is sent twice: what does not fit is hashed, always to the same. */
export function toFifoId(id: string): string {
  return /^[!-~]{1,128}$/.test(id) ? id : createHash('sha256').update(id).digest('hex');
}

import { PlumbError } from '../../shared/errors.ts';
import type { Head } from '../../shared/model/head.ts';

/** Why there was nothing to do. */
export const nothingToRead = 'nothing that is deployed of it stands for a secret, so there is nothing to read again';

/** PlumbError `sync-failed` where there is nothing to do only because a sync broke off. */
export function refuseUnfinished(application: string, operation: Head['operation']): void {
  if (operation === undefined || operation.phase === 'Succeeded') return;
  const message = 'its last sync did not reach its goal, and secrets are read again once one has';
  throw new PlumbError('sync-failed', message, {
    hint: `see plumb status ${application}; then plumb sync ${application}`,
  });
}

import type { JobMessage, RestoreJob, SyncJob } from '../../../../shared/model/job.ts';
import type { Queue } from '../../../../shared/queue-ports.ts';
import { keepState } from '../../../../shared/state/kept-state.ts';
import type { JobEnd } from '../../../../shared/workflows/jobs/job-end.ts';
import type { SyncPorts } from '../../../../shared/workflows/jobs/job-ports.ts';
import { restoreByJob } from '../../../../shared/workflows/jobs/restore-job.ts';
import { workOnApplication } from '../../../../shared/workflows/jobs/work-on-application.ts';
import type { MemoryBed } from '../../../support/memory-bed.ts';
import type { Happening, InstalledBed } from './installed-bed.ts';

const nowhere: Queue = { send: async () => {} };

/** What a function works with: the engine, and a cluster in memory. */
export function functionPorts(memory: MemoryBed): SyncPorts {
  return {
    ...memory.ports,
    worker: { id: 'a function', hasEnded: () => false },
    rendersElsewhere: true,
    kept: keepState(),
    syncQueue: nowhere,
    renderQueue: nowhere,
    announcer: { announce: async () => {} },
  };
}

/** Works on all that waits in the queues, as the functions of an installation do: with the engine, on a cluster in memory. */
export function aFunction(bed: InstalledBed): Happening {
  const { memory, queues } = bed;
  const ports = functionPorts(memory);
  return async () => {
    for (const queue of queues.values())
      for (const queued of queue.take())
        if ((await workOn(queued.message, ports)).is === 'again') queue.putBack(queued);
  };
}

async function workOn(message: JobMessage, ports: SyncPorts): Promise<JobEnd> {
  const signal = new AbortController().signal;
  if (message.job.work === 'restore')
    return restoreByJob(message as JobMessage<RestoreJob>, { signal, attempt: 1 }, ports);
  const superseded = AbortSignal.timeout(20);
  return workOnApplication(message as JobMessage<SyncJob>, { signals: { signal, superseded }, attempt: 1 }, ports);
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../shared/adapters/local/clock.ts';
import { LocalCommandRunner } from '../../shared/adapters/local/command-runner.ts';
import { workerAmongMachines } from '../../shared/adapters/local/worker.ts';
import { parseControl } from '../../shared/registry/parse-control.ts';
import type { SecretPorts } from '../../shared/secret-ports.ts';
import { keepState } from '../../shared/state/kept-state.ts';
import type { RenderPorts } from '../../shared/workflows/jobs/job-ports.ts';
import { KnownClusters } from '../../shared/workflows/jobs/known-clusters.ts';
import type { ControlRepository } from '../../shared/workflows/serve/declare.ts';
import type { Mailbox } from '../each-record.ts';
import { reporter } from '../middleware.ts';
import { settingsOf } from '../runtime.ts';
import { boundedFolder } from './bounded-folder.ts';
import { openGit } from './git.ts';
import { sqsMailbox } from './mailbox.ts';
import { noPort } from './no-port.ts';
import { once } from './once.ts';
import { openOwnStore } from './own-store.ts';
import { queuesByZone } from './queues-by-zone.ts';

const settings = settingsOf('render');

/** How much of fetched objects and charts is kept in `/tmp` between invocations. */
const mostKeptBytes = 1_200e6;

/** Where applications are declared. */
export const control: ControlRepository = parseControl(settings.PLUMB_CONTROL);

/** How messages of the queue that feeds this function go back or aside. */
export const renderMail: Mailbox = sqsMailbox(settings.PLUMB_RENDER_QUEUE, settings.PLUMB_DEAD_LETTERS);

/** Git, the programs, and the store; neither clusters nor secrets of applications. */
export const openRender: () => Promise<RenderPorts> = once(async () => {
  const store = await openOwnStore(settings);
  const kept = keepState();
  const scratch = join(settings.PLUMB_CACHE, 'scratch');
  mkdirSync(join(scratch, 'charts'), { recursive: true, mode: 0o700 });
  const git = openGit(settings, join(settings.PLUMB_CACHE, 'git'));
  return {
    ...git,
    runner: new LocalCommandRunner({
      helm: settings.PLUMB_HELM,
      kustomize: { path: settings.PLUMB_KUSTOMIZE, prefixArgs: ['kustomize'] },
    }),
    clusters: new KnownClusters({ store, kept }),
    store,
    clock: systemClock,
    worker: workerAmongMachines(),
    reporter,
    secrets: noPort<SecretPorts>('a secret of an application'),
    scratch,
    kept,
    syncQueue: queuesByZone(settings.PLUMB_SYNC_QUEUES),
  };
});

/** Makes room where what is kept has grown too large; called when nothing runs. */
export function makeRoom(): Promise<void> {
  return boundedFolder(settings.PLUMB_CACHE, mostKeptBytes);
}

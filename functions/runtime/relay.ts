import { randomBytes } from 'node:crypto';
import { createEventBus } from '../../shared/adapters/aws/event-bus.ts';
import { createEksLocator } from '../../shared/adapters/aws/locate-eks.ts';
import { readSettings as readParameters } from '../../shared/adapters/aws/settings.ts';
import { createSqsMessages } from '../../shared/adapters/aws/sqs-messages.ts';
import { createSqsQueue } from '../../shared/adapters/aws/sqs-queue.ts';
import { systemClock } from '../../shared/adapters/local/clock.ts';
import { keepState } from '../../shared/state/kept-state.ts';
import type {
  ClusterPlace,
  ClusterToRegister,
  InstallationSettings,
  RegisterPorts,
} from '../../shared/workflows/jobs/register-installation.ts';
import { reporter } from '../middleware.ts';
import { parseInstallationSettings } from '../parse-installation-settings.ts';
import type { RelayRecordsPorts } from '../relay-records.ts';
import { settingsOf } from '../runtime.ts';
import { once } from './once.ts';
import { openOwnStore } from './own-store.ts';
import { queuesByZone } from './queues-by-zone.ts';

const settings = settingsOf('relay');

/** What those work with who pass on and register. */
export type RelayRuntime = RelayRecordsPorts &
  RegisterPorts & { readonly settings: () => Promise<InstallationSettings> };

/** The store, all queues, the bus, and what the operator has deployed; neither Git, nor clusters, nor secrets. */
export const openRelay: () => Promise<RelayRuntime> = once(async () => {
  const messages = createSqsMessages();
  const locateEks = createEksLocator();
  return {
    store: await openOwnStore(settings),
    kept: keepState(),
    clock: systemClock,
    reporter,
    announcer: createEventBus({ bus: settings.PLUMB_EVENT_BUS }),
    renderQueue: createSqsQueue({ url: settings.PLUMB_RENDER_QUEUE }),
    syncQueue: queuesByZone(settings.PLUMB_SYNC_QUEUES),
    restoreQueue: queuesByZone(settings.PLUMB_RESTORE_QUEUES),
    deadLetter: (letter) => messages.sendDeadLetter(settings.PLUMB_DEAD_LETTERS, letter),
    showAfter: async (receiptHandle, ms) => {
      await messages.setVisibility(settings.PLUMB_OUTBOX_QUEUE, receiptHandle, ms / 1000);
    },
    locate: (cluster) => locate(cluster, locateEks),
    randomBytes: (length) => randomBytes(length),
    settings: async () => parseInstallationSettings(await readParameters(settings.PLUMB_SETTINGS)),
  };
});

/** Where a cluster is that is none of EKS, its kubeconfig says, which only those may read who go there. */
async function locate(
  { region, ...cluster }: ClusterToRegister,
  locateEks: ReturnType<typeof createEksLocator>,
): Promise<ClusterPlace> {
  if (region === undefined) return { server: '', certificateAuthority: '', isPrivate: false };
  return locateEks({ ...cluster, region });
}

import { createAwsKeyFiles } from '../../shared/adapters/aws/key-files.ts';
import { systemClock } from '../../shared/adapters/local/clock.ts';
import { concealWith } from '../../shared/adapters/local/conceal.ts';
import { workerAmongMachines } from '../../shared/adapters/local/worker.ts';
import { openSecretPorts } from '../../shared/composition/secret-ports.ts';
import type { SecretsConfig } from '../../shared/model/secrets-config.ts';
import { parseYaml } from '../../shared/model/yaml.ts';
import type { CommandRunner, GitHost, ObjectStore } from '../../shared/ports.ts';
import { defaultSecretsConfig } from '../../shared/secrets/config/default-config.ts';
import { parseSecretsConfig } from '../../shared/secrets/config/parse-config.ts';
import { keepState } from '../../shared/state/kept-state.ts';
import { keys } from '../../shared/state/keys.ts';
import { loadMarkKey, loadOperatorSecrets } from '../../shared/state/operator.ts';
import type { SyncPorts } from '../../shared/workflows/jobs/job-ports.ts';
import { countingAnnouncer } from '../counting-announcer.ts';
import type { Mailbox } from '../each-record.ts';
import { reporter } from '../middleware.ts';
import { settingsOf } from '../runtime.ts';
import { openClusters } from './clusters.ts';
import { mailboxOf } from './mailbox.ts';
import { noPort } from './no-port.ts';
import { once } from './once.ts';
import { openOwnStore } from './own-store.ts';
import { waysOut } from './ways-out.ts';

const settings = settingsOf('sync');

/** What a zone that holds clusters works with. */
export type SyncRuntime = { readonly ports: SyncPorts; readonly syncMail: Mailbox; readonly restoreMail: Mailbox };

/** Clusters, secrets and the store; neither Git nor any program. */
export const openSync: () => Promise<SyncRuntime> = once(async () => {
  const store = await openOwnStore(settings);
  const kept = keepState();
  const conceal = concealWith(await loadMarkKey(store));
  const { secrets } = openSecretPorts({
    conceal,
    readConfig: () => readSecretsConfig(store),
    openKeyFiles: async () => createAwsKeyFiles({ conceal }),
  });
  const ways = waysOut(settings, { store, clock: systemClock });
  return {
    ports: {
      git: noPort<GitHost>('Git'),
      chartCredential: async () => undefined,
      runner: noPort<CommandRunner>('helm and kustomize'),
      clusters: openClusters({ store, kept }, conceal),
      store,
      clock: systemClock,
      worker: workerAmongMachines(),
      reporter,
      secrets,
      scratch: '/tmp',
      rendersElsewhere: true,
      kept,
      ...ways,
      announcer: countingAnnouncer(ways.announcer),
    },
    syncMail: mailboxOf(settings.PLUMB_SYNC_QUEUE, settings, { store, clock: systemClock }),
    restoreMail: mailboxOf(settings.PLUMB_RESTORE_QUEUE, settings, { store, clock: systemClock }),
  };
});

async function readSecretsConfig(store: ObjectStore): Promise<SecretsConfig> {
  const text = await loadOperatorSecrets(store);
  if (text === undefined) return defaultSecretsConfig;
  return parseSecretsConfig(parseYaml(text, keys.operatorSecrets), keys.operatorSecrets);
}

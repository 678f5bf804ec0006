import { describe, expect, it } from '@jest/globals';
import { ClusterError } from '../../../../shared/errors.ts';
import type { Progress } from '../../../../shared/ports.ts';
import { loadClusters, loadScanned, saveScanned } from '../../../../shared/state/clusters.ts';
import { saveInstallation } from '../../../../shared/state/installation.ts';
import { keepState } from '../../../../shared/state/kept-state.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { loadMarkKey, loadOperatorSecrets } from '../../../../shared/state/operator.ts';
import {
  type ClusterToRegister,
  type InstallationSettings,
  registerInstallation,
} from '../../../../shared/workflows/jobs/register-installation.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { recordingStore } from '../../../support/jobs/recording-store.ts';
import { MemoryStore } from '../../../support/model/memory-store.ts';

const cluster = (id: string): ClusterToRegister => ({
  id,
  name: id,
  region: 'eu-central-1',
  aliases: [],
  zone: 'public',
});
const settings: InstallationSettings = {
  installation: {
    id: 'prod',
    region: 'eu-central-1',
    account: '123456789012',
    control: 'https://git/control.git',
    renderQueue: 'https://sqs/render.fifo',
    syncQueues: {},
    restoreQueues: {},
    eventBus: 'plumbline',
    deadLetters: 'https://sqs/dead.fifo',
    webhookUrl: '',
    functions: {},
  },
  clusters: [cluster('one'), cluster('two')],
  secretsConfig: 'providers: {}',
};

function open(locate?: (cluster: ClusterToRegister) => string) {
  const memory = new MemoryStore();
  const recorded = recordingStore(memory);
  const said: Progress[] = [];
  const ports = {
    store: recorded.store,
    kept: keepState(),
    reporter: { report: (event: Progress) => void said.push(event) },
    locate: async (each: ClusterToRegister) => {
      const server = locate?.(each) ?? `https://${each.id}`;
      return { server, certificateAuthority: '', isPrivate: false };
    },
    randomBytes: (length: number) => Buffer.alloc(length, 7),
  };
  const register = (more: Partial<InstallationSettings> = {}) => registerInstallation({ ...settings, ...more }, ports);
  const servers = async (): Promise<object> =>
    Object.fromEntries((await loadClusters(memory, keepState().clusters)).map(({ id, server }) => [id, server]));
  return { memory, recorded, said, register, servers };
}

describe('What an operator has deployed', () => {
  it('is written to where all functions find it', async () => {
    const { memory, register, servers } = open();
    expect(await register()).toBe(2);
    expect(await servers()).toEqual({ one: 'https://one', two: 'https://two' });
    expect(await loadOperatorSecrets(memory)).toBe('providers: {}');
    expect((await loadMarkKey(memory)).byteLength).toBe(32);
  });

  it('is as it was when it is registered again, the key for marks too', async () => {
    const { memory, register } = open();
    await register();
    const before = await memory.entries('');
    await register();
    expect(await memory.entries('')).toEqual(before);
  });

  it('takes those away that are registered no longer, and what was known of them stays for their return', async () => {
    const { memory, register, servers } = open();
    await register();
    await saveScanned(memory, { id: 'two' }, undefined);
    await register({ clusters: [cluster('one')] });
    expect(await servers()).toEqual({ one: 'https://one' });
    expect(await loadScanned(memory, 'two')).toBeDefined();
  });

  it('follows a cluster to another place', async () => {
    let server = 'https://first';
    const { register, servers } = open(() => server);
    await register();
    server = 'https://second';
    await register();
    expect(await servers()).toEqual({ one: 'https://second', two: 'https://second' });
  });

  it('leaves a cluster where it was known to be while nobody can locate it, says so, and goes on', async () => {
    let isAway = false;
    const { register, servers, said } = open(({ id }) => {
      if (isAway && id === 'one') throw new ClusterError('cluster-unreachable', 'one is not to be found');
      return `https://${id}${isAway ? '-2' : ''}`;
    });
    await register();
    isAway = true;
    expect(await register()).toBe(1);
    expect(await servers()).toEqual({ one: 'https://one', two: 'https://two-2' });
    expect(said).toMatchObject([{ level: 'error', message: 'one is not to be found' }]);
  });

  it('is put right where somebody has damaged it, that of clusters that are gone as well', async () => {
    const { memory, register, servers } = open();
    await register();
    for (const id of ['one', 'gone']) await memory.put(keys.registeredCluster(id), Buffer.from('{}'));
    await register();
    expect(await servers()).toEqual({ one: 'https://one', two: 'https://two' });
  });

  it('is not written into the store of another installation', async () => {
    const { memory, recorded, register } = open();
    await saveInstallation(memory, { ...settings.installation, id: 'other' });
    expect(await failureOf(register())).toMatchObject({ code: 'store-foreign' });
    expect(recorded.of('put')).toEqual([]);
  });
});

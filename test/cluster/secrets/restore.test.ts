import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';
import { FolderStore } from '../../../shared/adapters/local/folder-store.ts';
import { isRestored } from '../../../shared/model/restore.ts';
import type { SecretStores } from '../../../shared/secret-ports.ts';
import { type ControlPlane, startControlPlane } from '../../support/control-plane/start-control-plane.ts';
import type { LiveTestObject } from '../../support/engine.ts';
import { configMap } from '../../support/manifests.ts';
import { deleteHead, entryOf, openRestoreBed, type RestoreBed } from '../../support/restore-bed.ts';
import { awsStore, clusterWide, externalSecret, readerOf } from '../../support/secrets/manifests.ts';
import { noSecrets, testConceal } from '../../support/secrets/no-secrets.ts';
import { secretPorts } from '../../support/secrets/secret-ports.ts';

let away: ControlPlane;
beforeAll(async () => {
  away = await startControlPlane({ controllers: false });
});
afterAll(() => away.stop());

let newest: string;
const stores: SecretStores = {
  ...noSecrets.stores,
  open: async () => ({
    read: async () => ({ state: 'found', value: testConceal(Buffer.from(newest)), version: newest }),
    find: async () => [],
  }),
};
let bed: RestoreBed;
beforeEach(async () => {
  newest = 'first';
  const allow = [{ aws: { ownIdentity: true, secrets: ['*'] } }];
  bed = await openRestoreBed(away.kubeconfig, secretPorts({ allow }, { stores }));
});
afterEach(() => bed.close());

const region = 'eu-central-1';
const random = { target: { template: { data: { key: '{{ .key }}', pepper: '{{ randAlphaNum 20 }}' } } } };
const files = {
  'app/store.yaml': awsStore('store', { region }),
  'app/db.yaml': externalSecret('db', { key: 'crm' }),
  'app/random.yaml': externalSecret('random', { key: 'crm' }, random),
  'app/web.yaml': readerOf('db'),
  'app/settings.yaml': configMap('settings'),
};
const makesOwn = { syncPolicy: { syncOptions: ['CreateNamespace=true', 'PrunePropagationPolicy=background'] } };
const decode = (live: LiveTestObject | undefined, key = 'key') =>
  live?.data?.[key] && Buffer.from(live.data[key], 'base64').toString();
const value = async (secret: string, key?: string) => decode(await bed.engine.live('Secret', secret), key);
const liveAway = async (name: string): Promise<LiveTestObject> => {
  const config = new KubeConfig();
  config.loadFromFile(away.kubeconfig);
  const metadata = { name, namespace: bed.engine.namespace };
  const objects = KubernetesObjectApi.makeApiClient(config);
  return (await objects.read({ apiVersion: 'v1', kind: 'Secret', metadata })) as LiveTestObject;
};
const same = { outcome: 'restored', differences: [] };

describe('An application with secrets is restored', () => {
  it('into an emptied namespace with Git away: its secrets are read afresh, and nothing differs', async () => {
    await bed.deploy('shop', files, makesOwn);
    expect(await value('db')).toBe('first');
    await bed.removeNamespace();
    await bed.engine.git.stop();
    newest = 'second';
    const { report } = await bed.restore();
    expect(isRestored(report)).toBe(true);
    expect(entryOf(report, 'shop')).toMatchObject({ ...same, counts: { created: 4 } });
    expect(report.verified).toEqual({ byDryRun: 4, byMetadata: 0, unknown: 0 });
    expect([await value('db'), await value('random')]).toEqual(['second', 'second']);
    expect(await value('random', 'pepper')).toHaveLength(20);
    expect((await bed.head('shop')).secrets?.map(({ reads }) => reads[0]?.version)).toEqual(['second', 'second']);
  });

  it('over what is still there, and what is made once stays as it was', async () => {
    await bed.deploy('shop', files, makesOwn);
    const pepper = await value('random', 'pepper');
    await bed.empty();
    const { report } = await bed.restore();
    expect(entryOf(report, 'shop')).toMatchObject(same);
    expect(await value('random', 'pepper')).toBe(pepper);
  });

  it('from a store that was moved elsewhere, with its state lost', async () => {
    await bed.deploy('shop', files, makesOwn);
    const { scratch, worker } = bed.engine.ports;
    await cp(join(scratch, 'store'), join(scratch, 'moved'), { recursive: true });
    const store = new FolderStore(join(scratch, 'moved'), worker);
    await deleteHead(store, 'shop');
    await bed.removeNamespace();
    await bed.engine.git.stop();
    const { report } = await bed.restore({}, { ports: { ...bed.offline, store } });
    expect(entryOf(report, 'shop')).toMatchObject(same);
    expect(await value('db')).toBe('first');
  });

  it('to another cluster, with a store that another application has published', async () => {
    const provider = { aws: { service: 'SecretsManager', region } };
    await bed.deploy('platform', { 'app/v.yaml': clusterWide('ClusterSecretStore', 'shared', { provider }) }, makesOwn);
    const reader = externalSecret(
      'db',
      { key: 'crm' },
      { secretStoreRef: { name: 'shared', kind: 'ClusterSecretStore' } },
    );
    await bed.deploy('shop', { 'app/db.yaml': reader, 'app/settings.yaml': configMap('settings') }, makesOwn);
    await bed.engine.git.stop();
    newest = 'second';
    const { report } = await bed.restore({ to: 'away', apps: 'shop' });
    expect(entryOf(report, 'shop')).toMatchObject(same);
    expect(decode(await liveAway('db'))).toBe('second');
    expect(await value('db')).toBe('first');
  });

  it('not as long as a secret cannot be read: that one is named, and all else is there', async () => {
    await bed.deploy('shop', files, makesOwn);
    await bed.removeNamespace();
    const failing: SecretStores = {
      ...stores,
      open: async () => ({ read: async () => ({ state: 'absent' }), find: async () => [] }),
    };
    const ports = { ...bed.offline, secrets: { ...bed.offline.secrets, stores: failing } };
    const { report } = await bed.restore({}, { ports });
    expect(isRestored(report)).toBe(false);
    const { outcome, message } = entryOf(report, 'shop');
    expect([outcome, message]).toEqual(['failed', expect.stringContaining('crm')]);
    expect(await bed.engine.live('ConfigMap', 'settings')).toBeDefined();
    expect(entryOf((await bed.restore()).report, 'shop')).toMatchObject(same);
    expect(await value('db')).toBe('first');
  });
});

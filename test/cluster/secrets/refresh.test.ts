import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Application } from '../../../shared/model/application.ts';
import { concernedBySecret } from '../../../shared/plan/secrets/concerned-by-secret.ts';
import type { SecretStores } from '../../../shared/secret-ports.ts';
import { parseSecretEvent } from '../../../shared/secrets/events/parse-secret-event.ts';
import { listHeads } from '../../../shared/state/heads.ts';
import { refreshNow } from '../../../shared/workflows/serve/refresh-secrets.ts';
import { syncApplication } from '../../../shared/workflows/sync/sync.ts';
import { eventually } from '../../support/eventually.ts';
import { configMap } from '../../support/manifests.ts';
import { awsStore, externalSecret, ownStore, readerOf } from '../../support/secrets/manifests.ts';
import { noSecrets, testConceal } from '../../support/secrets/no-secrets.ts';
import { openSecretsBed, type SecretsBed } from '../../support/secrets/secrets-bed.ts';
import { type Serving, startServing } from '../../support/serving.ts';

let bed: SecretsBed;
let serving: Serving | undefined;
afterEach(async () => {
  await serving?.stop();
  serving = undefined;
  await bed.close();
});

const serve = (): void => {
  const declared = {
    applications: [{ application: bed.application, origin: 'the test' }],
    projects: [bed.engine.project],
    rejected: [],
  };
  serving = startServing(bed.engine, { load: () => declared });
};
const open = async (automated: object | undefined): Promise<void> => {
  bed = await openSecretsBed({ spec: automated === undefined ? {} : { syncPolicy: { automated } } });
  await bed.putSecret('source', { password: 'first' });
  await bed.commit({
    'app/store.yaml': ownStore('store', bed.engine.namespace),
    'app/db.yaml': externalSecret('db', { key: 'source#password' }, { refreshInterval: '1s' }),
    'app/settings.yaml': configMap('settings', { v: 'git' }),
    'app/web.yaml': readerOf('db'),
  });
};
const has = (password: string) => eventually(`db is ${password}`, async () => (await bed.value('db')) === password);
const setting = async () => (await bed.engine.live('ConfigMap', 'settings'))?.data?.['v'];

describe('Serving', () => {
  beforeEach(() => open({ prune: true, selfHeal: true }));

  it('reads secrets again when their interval is over, restarts what uses them, and needs no Git for it', async () => {
    serve();
    await has('first');
    await bed.engine.git.stop();
    await bed.putSecret('source', { password: 'second' });
    await has('second');
    await eventually('web is restarted', async () => (await bed.rollout('Deployment', 'web')) !== undefined);
  });

  it('keeps a Secret that cannot be read again, says so, and tries again', async () => {
    serve();
    await has('first');
    const { objects, namespace } = bed.engine;
    await objects.delete({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'source', namespace } });
    await eventually('it is told', async () => {
      const { operation, sync } = await bed.head();
      return operation?.phase === 'Failed' && operation.message.includes('db') && sync.code === 'Unknown';
    });
    expect(await bed.value('db')).toBe('first');
    await bed.putSecret('source', { password: 'third' });
    await has('third');
    await eventually('it is in sync again', async () => (await bed.head()).sync.code === 'Synced');
  });
});

describe.each([
  ['without selfHeal', { prune: true, selfHeal: false }],
  ['that is synced by hand', undefined],
])('An application %s', (_what, automated) => {
  it('has its secrets refreshed, and other drift is left alone and stays on record', async () => {
    await open(automated);
    await bed.sync();
    const drifted = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { v: 'by hand' } };
    const metadata = { ...drifted.metadata, namespace: bed.engine.namespace };
    await bed.engine.objects.replace({ ...drifted, metadata });
    serve();
    await eventually('the drift is seen', async () => (await bed.head()).sync.code === 'OutOfSync');
    const before = (await bed.head()).sync;
    expect(before.message).toContain('settings');
    await bed.putSecret('source', { password: 'second' });
    await has('second');
    await eventually('the refresh is over', async () => {
      const { operation } = await bed.head();
      return operation?.reason === 'secret' && operation.phase === 'Succeeded';
    });
    // A look that came between rotation and refresh has seen more than that.
    await eventually('the drift stands as it stood', async () => (await bed.head()).sync.message === before.message);
    expect(await setting()).toBe('by hand');
  });
});

describe('An event of a secret', () => {
  /** AWS, as far as these tests go: every secret has the newest value. */
  let newest = 'first';
  const asked: string[] = [];
  const stores: SecretStores = {
    ...noSecrets.stores,
    open: async ({ provider }) => ({
      read: async ({ key }) => {
        asked.push(key);
        const region = provider.type === 'aws' ? provider.region : '';
        return { state: 'found', value: testConceal(Buffer.from(`${newest} ${region}`)), version: newest };
      },
      find: async () => [],
    }),
  };
  const event = (name: string, region: string) => ({
    source: 'aws.secretsmanager',
    'detail-type': 'Secret Label Updated',
    region,
    detail: { name, labelUpdated: 'AWSCURRENT', versionId: 'v' },
  });

  it('reaches exactly the applications that use it, also those that failed to read it', async () => {
    const aws = { ownIdentity: true, secrets: ['shared/*'] };
    bed = await openSecretsBed({ config: { allow: [{ aws }] }, secrets: { stores } });
    const { git, ports, project } = bed.engine;
    const names = ['reader', 'prefixed', 'failing', 'other', 'elsewhere'];
    const applications = new Map<string, Application>(names.map((name) => [name, bed.engine.application(name)]));
    const repository = (name: string, more: Parameters<typeof awsStore>[1], key: string) =>
      git.createRepository(name, {
        'app/store.yaml': awsStore(`${name}-store`, more),
        'app/s.yaml': externalSecret(name, { key }, { secretStoreRef: { name: `${name}-store` } }),
      });
    await repository('reader', { region: 'eu-central-1' }, 'shared/crm');
    await repository('prefixed', { region: 'eu-central-1', prefix: 'shared/' }, 'crm');
    await repository('failing', { region: 'eu-central-1' }, 'shared/crm#nope');
    await repository('other', { region: 'eu-central-1' }, 'shared/other');
    await repository('elsewhere', { region: 'us-east-1' }, 'shared/crm');
    for (const application of applications.values())
      await syncApplication({ application, project, reason: 'manual' }, ports);
    const heads = (await listHeads(ports.store)).heads.map(({ head }) => head);
    const told = parseSecretEvent(event('shared/crm', 'eu-central-1'));
    const concerned = told === undefined ? [] : concernedBySecret(heads, told);
    expect([...concerned].sort()).toEqual(['failing', 'prefixed', 'reader']);
    newest = 'second';
    asked.length = 0;
    for (const name of ['prefixed', 'reader'])
      await refreshNow({ application: applications.get(name) as Application, project }, ports, {});
    expect(await Promise.all(names.map((name) => bed.value(name)))).toEqual([
      'second eu-central-1',
      'second eu-central-1',
      undefined,
      'first eu-central-1',
      'first us-east-1',
    ]);
  });
});

import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Application } from '../../../shared/model/application.ts';
import type { SyncOutcome } from '../../../shared/model/sync-request.ts';
import type { KeyFiles } from '../../../shared/secret-ports.ts';
import { readSealingCertificate, sealSecret } from '../../../shared/secrets/sealed/seal.ts';
import { loadPublishedStores } from '../../../shared/state/secret-stores.ts';
import { syncApplication } from '../../../shared/workflows/sync/sync.ts';
import { type ControlPlane, startControlPlane } from '../../support/control-plane/start-control-plane.ts';
import { installCrds } from '../../support/crds/install-crds.ts';
import { provideCrds } from '../../support/crds/provide-crds.ts';
import { eventually } from '../../support/eventually.ts';
import { failureOf } from '../../support/failure-of.ts';
import type { GitFiles } from '../../support/git-repositories.ts';
import { createKeys, keyFile } from '../../support/secret-tools/sealing-keys.ts';
import { externalSecret, ownStore, readerOf } from '../../support/secrets/manifests.ts';
import { openSecretsBed, type SecretsBed } from '../../support/secrets/secrets-bed.ts';

// Where these kinds are served their manifests are applied, so that this API server is nobody else's.
let controlPlane: ControlPlane;
let key: string;
let bed: SecretsBed;
beforeAll(async () => {
  const crds = await provideCrds();
  [key = ''] = await createKeys(1);
  controlPlane = await startControlPlane();
  await installCrds(controlPlane.kubeconfig, [...crds.externalSecrets, ...crds.sealedSecrets]);
}, 600_000);
afterAll(() => controlPlane.stop());

const openBed = async (mode = 'auto'): Promise<void> => {
  const keyFiles: KeyFiles = { read: async () => [keyFile('key.pem', key)], add: async () => undefined };
  const config = { mode, allow: [{}], sealedSecrets: { keys: [{ file: 'key.pem' }] } };
  bed = await openSecretsBed({ controlPlane, config, secrets: { keyFiles } });
  await bed.putSecret('source', { password: 'first' });
};
beforeEach(() => openBed());
afterEach(() => bed.close());

const sealed = (name: string): string => {
  const metadata = { name, namespace: bed.engine.namespace };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { key: 'first' } };
  return JSON.stringify(sealSecret(secret, { key: readSealingCertificate(key, new Date()), randomBytes }));
};
const kinds = [
  ['ExternalSecret', 'external-secrets.io/v1', (name: string) => externalSecret(name, { key: 'source#password' })],
  ['SealedSecret', 'bitnami.com/v1alpha1', sealed],
] as const;

const files = (manifest: string): GitFiles => ({
  'app/store.yaml': ownStore('store', bed.engine.namespace),
  'app/db.yaml': manifest,
  'app/web.yaml': readerOf('db'),
});
const asked = (mode: 'resolve' | 'apply', name = 'shop'): Application => ({
  ...bed.engine.application(name),
  annotations: { 'plumbline.dev/secrets': mode },
});
const succeed = async (application?: Application): Promise<SyncOutcome> => {
  const outcome = await bed.sync(application === undefined ? {} : { application });
  expect(outcome.head.operation?.message).toBe('all objects are applied');
  return outcome;
};

/** What the operator does of an ExternalSecret or SealedSecret `db`. */
const operate = async (kind: string, apiVersion: string, name = 'db'): Promise<void> => {
  const uid = (await bed.engine.live(kind, name, apiVersion))?.metadata?.uid;
  const owner = { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
  await bed.putSecret(name, { key: 'first' }, { ownerReferences: [owner] });
};
/** What shows that a Secret is the same one, and that pods did not restart. */
const standing = async (): Promise<object> => {
  const [secret, web] = [await bed.engine.live('Secret', 'db'), await bed.engine.live('Deployment', 'web', 'apps/v1')];
  return { uid: secret?.metadata?.uid, data: secret?.data, template: web?.spec?.['template'] };
};
const marks = async (): Promise<readonly string[]> => {
  const { labels, annotations } = (await bed.engine.live('Secret', 'db'))?.metadata ?? {};
  return [...Object.keys(labels ?? {}), ...Object.keys(annotations ?? {})].sort();
};

describe.each(kinds)('%s', (kind, apiVersion, manifestOf) => {
  it('is handed over from its controller: the Secret stays the same one, and no pod restarts', async () => {
    await bed.commit(files(manifestOf('db')));
    await succeed();
    expect(await bed.engine.live(kind, 'db', apiVersion)).toBeDefined();
    await operate(kind, apiVersion);
    const before = await standing();
    await succeed(asked('resolve'));
    await eventually(`${kind} is gone`, async () => (await bed.engine.live(kind, 'db', apiVersion)) === undefined);
    await eventually('the Secret has no owner', async () => {
      const owners = (await bed.engine.live('Secret', 'db'))?.metadata?.ownerReferences;
      return (owners ?? []).length === 0;
    });
    expect(await standing()).toEqual(before);
    expect(await marks()).toContain('plumbline.dev/app');
    await succeed(asked('resolve'));
    expect(await standing()).toEqual(before);
  });

  it('is handed over without leave to prune, since nothing that runs goes with it', async () => {
    await bed.commit(files(manifestOf('db')));
    await succeed();
    await operate(kind, apiVersion);
    const before = await standing();
    await bed.sync({ application: asked('resolve'), prune: false });
    await eventually(`${kind} is gone`, async () => (await bed.engine.live(kind, 'db', apiVersion)) === undefined);
    expect(await standing()).toEqual(before);
  });

  it('is handed over to its controller: the Secret stays, bears none of our marks, and no pod restarts', async () => {
    await bed.commit(files(manifestOf('db')));
    await succeed(asked('resolve'));
    expect(await bed.engine.live(kind, 'db', apiVersion)).toBeUndefined();
    const before = await standing();
    const { head } = await succeed();
    expect(await bed.engine.live(kind, 'db', apiVersion)).toBeDefined();
    expect(await standing()).toEqual(before);
    expect(await marks()).toEqual(kind === 'SealedSecret' ? ['sealedsecrets.bitnami.com/managed'] : []);
    expect(head.inventory.some(({ ref }) => ref.kind === 'Secret')).toBe(false);
    expect(head.secrets).toBeUndefined();
    expect((await loadPublishedStores(bed.engine.ports.store)).published).toEqual([]);
    await operate(kind, apiVersion);
    await succeed();
    expect(await standing()).toEqual(before);
  });

  it('goes to and fro, and a later rotation restarts again', async () => {
    await bed.commit(files(manifestOf('db')));
    await succeed(asked('resolve'));
    const before = await standing();
    await succeed();
    await operate(kind, apiVersion);
    await succeed(asked('resolve'));
    expect(await standing()).toEqual(before);
    const changed = externalSecret('db', { key: 'source#other' });
    await bed.putSecret('source', { password: 'first', other: 'second' });
    await bed.commit({ 'app/db.yaml': changed });
    await succeed(asked('resolve'));
    expect(await bed.value('db')).toBe('second');
    expect(await bed.rollout('Deployment', 'web')).toBeDefined();
  });

  it('that is somebody else’s keeps its Secret, and ours says what to do', async () => {
    await bed.engine.objects.create({
      ...JSON.parse(manifestOf('db')),
      metadata: { name: 'db', namespace: bed.engine.namespace },
    });
    await operate(kind, apiVersion);
    const before = await standing();
    await bed.commit(files(manifestOf('db')));
    const { results } = await bed.sync({ application: asked('resolve') });
    const failed = results.find(({ ref }) => ref.kind === 'Secret');
    expect(failed?.action).toBe('failed');
    expect(failed?.message).toContain(`${kind}`);
    expect(failed?.message).toContain(`${bed.engine.namespace}/db`);
    expect(failed?.hint).toContain('--cascade=orphan');
    expect(await standing()).toMatchObject({ ...before, template: expect.anything() });
    expect(await marks()).toEqual([]);
    expect(await bed.engine.live(kind, 'db', apiVersion)).toBeDefined();
  });
});

describe('The operator’s mode', () => {
  it('resolve counts where the kinds are served, and the word of the Application before it', async () => {
    await bed.close();
    await openBed('resolve');
    await bed.commit(files(externalSecret('db', { key: 'source#password' })));
    await succeed();
    expect(await bed.value('db')).toBe('first');
    expect(await bed.engine.live('ExternalSecret', 'db', 'external-secrets.io/v1')).toBeUndefined();
    await succeed(asked('apply'));
    expect(await bed.engine.live('ExternalSecret', 'db', 'external-secrets.io/v1')).toBeDefined();
  });
});

describe('A Secret of another application', () => {
  it('is not taken over', async () => {
    await bed.commit(files(externalSecret('db', { key: 'source#password' })));
    await succeed(asked('resolve'));
    await bed.engine.git.createRepository('thief', files(externalSecret('db', { key: 'source#password' })));
    const { ports, project } = bed.engine;
    const application = asked('resolve', 'thief');
    const error = await failureOf(syncApplication({ application, project, reason: 'manual' }, ports));
    expect([error.code, error.message]).toEqual([
      'cluster-conflict',
      expect.stringContaining('belongs to application shop'),
    ]);
  });
});

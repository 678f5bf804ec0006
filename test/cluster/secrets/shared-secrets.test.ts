import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { syncApplication } from '../../../shared/workflows/sync/sync.ts';
import { type Engine, openEngine } from '../../support/engine.ts';
import { configMap } from '../../support/manifests.ts';
import { externalSecret, fakeStore } from '../../support/secrets/manifests.ts';
import { secretPorts } from '../../support/secrets/secret-ports.ts';

let engine: Engine;
beforeEach(async () => {
  engine = await openEngine({ secrets: secretPorts({ allow: [{ fake: true }] }) });
});
afterEach(() => engine.close());

const sync = () =>
  syncApplication(
    {
      application: engine.application('shop'),
      project: engine.project,
      reason: 'manual',
      prune: true,
      approvePrune: true,
    },
    engine.ports,
  );

const valuesOf = async (name: string): Promise<Readonly<Record<string, string>> | undefined> => {
  const data = (await engine.live('Secret', name))?.data;
  return (
    data &&
    Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]))
  );
};

const store = fakeStore('store', { one: '1', two: '2' });
const plain = (stringData: Readonly<Record<string, string>>): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData });

const makeByHand = (name: string): Promise<unknown> =>
  engine.objects.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: engine.namespace },
    data: { own: Buffer.from('by hand').toString('base64') },
  } as never);

describe('A Secret that several have a share in', () => {
  it('has what Git says of it and what ExternalSecrets merge into it, which wins', async () => {
    await engine.git.createRepository('shop', {
      'app/store.yaml': store,
      'app/db.yaml': plain({ user: 'shop', key: 'from Git' }),
      'app/first.yaml': externalSecret('first', { key: 'one' }, { target: { name: 'db', creationPolicy: 'Merge' } }),
      'app/second.yaml': externalSecret(
        'second',
        { more: 'two' },
        { target: { name: 'db', creationPolicy: 'CreateOrMerge' } },
      ),
    });
    const { head } = await sync();
    expect(head.operation?.message).toBe('all objects are applied');
    expect(await valuesOf('db')).toEqual({ user: 'shop', key: '1', more: '2' });
    expect(head.secrets).toHaveLength(2);
  });

  it('is left as it is while one of its shares cannot be resolved', async () => {
    const target = { name: 'db', creationPolicy: 'Merge' };
    await engine.git.createRepository('shop', {
      'app/store.yaml': store,
      'app/db.yaml': plain({ user: 'shop' }),
      'app/first.yaml': externalSecret('first', { key: 'one' }, { target }),
    });
    await sync();
    await engine.git.commit('shop', {
      files: { 'app/second.yaml': externalSecret('second', { more: 'three' }, { target }) },
    });
    const { head } = await sync();
    expect(head.operation?.phase).toBe('Failed');
    expect(await valuesOf('db')).toEqual({ user: 'shop', key: '1' });
  });

  it('stays with the keys of others when the ExternalSecret that was merged into it leaves Git', async () => {
    await makeByHand('db');
    await engine.git.createRepository('shop', {
      'app/store.yaml': store,
      'app/settings.yaml': configMap('settings'),
      'app/first.yaml': externalSecret('first', { key: 'one' }, { target: { name: 'db', creationPolicy: 'Merge' } }),
    });
    await sync();
    expect(await valuesOf('db')).toEqual({ own: 'by hand', key: '1' });
    await engine.git.commit('shop', { remove: ['app/first.yaml'] });
    const { head } = await sync();
    expect(await valuesOf('db')).toMatchObject({ own: 'by hand' });
    expect(head.inventory.map(({ ref }) => ref.kind)).toEqual(['ConfigMap']);
    expect((await engine.live('Secret', 'db'))?.metadata?.labels ?? {}).not.toHaveProperty('plumbline.dev/app');
  });

  it('stays when it was made as an orphan, and goes when it was not', async () => {
    await engine.git.createRepository('shop', {
      'app/store.yaml': store,
      'app/settings.yaml': configMap('settings'),
      'app/first.yaml': externalSecret('kept', { key: 'one' }, { target: { creationPolicy: 'Orphan' } }),
      'app/second.yaml': externalSecret('gone', { key: 'one' }),
    });
    await sync();
    await engine.git.commit('shop', { remove: ['app/first.yaml', 'app/second.yaml'] });
    await sync();
    expect([await valuesOf('kept'), await valuesOf('gone')]).toEqual([{ key: '1' }, undefined]);
  });

  it('is not made by an ExternalSecret that only merges', async () => {
    await engine.git.createRepository('shop', {
      'app/store.yaml': store,
      'app/first.yaml': externalSecret('first', { key: 'one' }, { target: { name: 'db', creationPolicy: 'Merge' } }),
    });
    const { results } = await sync();
    expect(results[0]?.message).toMatch(/merge/i);
    expect(await valuesOf('db')).toBeUndefined();
  });
});

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
    { application: engine.application('shop'), project: engine.project, reason: 'manual', prune: true },
    engine.ports,
  );

const secretValue = async (secret: string, key: string): Promise<string | undefined> => {
  const value = (await engine.live('Secret', secret))?.data?.[key];
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
};

describe('An ExternalSecret', () => {
  it('becomes a Secret, with neither its own kind nor its store in the cluster', async () => {
    await engine.git.createRepository('shop', {
      'app/store.yaml': fakeStore('store', { db: '{"user":"shop","password":"s3cr3t-1"}' }),
      'app/db.yaml': externalSecret('db', { user: 'db#user', password: 'db#password' }),
    });
    const { head } = await sync();
    expect(head.operation?.message).toBe('all objects are applied');
    expect(await secretValue('db', 'password')).toBe('s3cr3t-1');
    expect(await secretValue('db', 'user')).toBe('shop');
    expect(head.secrets).toHaveLength(1);
    expect(JSON.stringify(head)).not.toContain('s3cr3t-1');
  });

  it('that fails leaves its Secret as it was, and the others go on', async () => {
    const store = fakeStore('store', { one: 'first', two: 'second' });
    await engine.git.createRepository('shop', {
      'app/store.yaml': store,
      'app/one.yaml': externalSecret('one', { key: 'one' }),
      'app/two.yaml': externalSecret('two', { key: 'two' }),
    });
    await sync();
    await engine.git.commit('shop', {
      files: {
        'app/store.yaml': fakeStore('store', { two: 'changed' }),
        'app/settings.yaml': configMap('settings'),
      },
    });
    const { head, results } = await sync();
    expect(head.operation?.phase).toBe('Failed');
    expect(results.find(({ ref }) => ref.name === 'one')?.message).toMatch(/one/);
    expect([await secretValue('one', 'key'), await secretValue('two', 'key')]).toEqual(['first', 'changed']);
    expect(await engine.live('ConfigMap', 'settings')).toBeDefined();
  });

  it('that leaves Git takes its Secret along', async () => {
    await engine.git.createRepository('shop', {
      'app/store.yaml': fakeStore('store', { one: 'first' }),
      'app/settings.yaml': configMap('settings'),
      'app/one.yaml': externalSecret('one', { key: 'one' }),
    });
    await sync();
    await engine.git.commit('shop', { remove: ['app/one.yaml'] });
    await sync();
    expect(await engine.live('Secret', 'one')).toBeUndefined();
  });

  it('is found as wanted the second time, and nothing is written', async () => {
    await engine.git.createRepository('shop', {
      'app/store.yaml': fakeStore('store', { one: 'first' }),
      'app/one.yaml': externalSecret('one', { key: 'one' }),
    });
    await sync();
    const before = await engine.live('Secret', 'one');
    const { results } = await sync();
    expect(results.map(({ action }) => action)).toEqual(['unchanged']);
    expect((await engine.live('Secret', 'one'))?.metadata?.resourceVersion).toBe(before?.metadata?.resourceVersion);
  });

  it('may read nothing that the operator has not allowed', async () => {
    const denied = { ...engine.ports, secrets: secretPorts({}) };
    await engine.git.createRepository('shop', {
      'app/store.yaml': fakeStore('store', { one: 'first' }),
      'app/one.yaml': externalSecret('one', { key: 'one' }),
    });
    const { results } = await syncApplication(
      { application: engine.application('shop'), project: engine.project, reason: 'manual' },
      denied,
    );
    expect(results[0]?.message).toContain('nothing is allowed to project default');
    expect(await engine.live('Secret', 'one')).toBeUndefined();
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Ports } from '../../../shared/ports.ts';
import { deployment, wave } from '../../support/manifests.ts';
import { externalSecret, ownStore } from '../../support/secrets/manifests.ts';
import { openSecretsBed, type SecretsBed } from '../../support/secrets/secrets-bed.ts';

let bed: SecretsBed;
beforeEach(async () => {
  bed = await openSecretsBed();
  await bed.putSecret('source', { password: 'first' });
});
afterEach(() => bed.close());

type Fields = Readonly<Record<string, unknown>>;

/** A workload of that kind whose one container and volumes are as given. */
const workload = (
  name: string,
  pod: { readonly container?: Fields; readonly volumes?: readonly Fields[] },
  { kind = 'Deployment', metadata = {} }: { readonly kind?: string; readonly metadata?: Fields } = {},
): string => {
  const { container = {}, volumes = [] } = pod;
  const labels = { app: name };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, ...metadata },
    spec: {
      selector: { matchLabels: labels },
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'registry.example.com/app:1', ...container }], volumes },
      },
    },
  });
};

const envFrom = { container: { envFrom: [{ secretRef: { name: 'db' } }] } };
const uses = {
  envFrom,
  env: { container: { env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'key' } } }] } },
  volume: { volumes: [{ name: 'db', secret: { secretName: 'db' } }] },
  projected: { volumes: [{ name: 'db', projected: { sources: [{ secret: { name: 'db' } }] } }] },
};
const ask = (word: string): Fields => ({ annotations: { 'plumbline.dev/restart-on-secret-change': word } });

const files = (more: Readonly<Record<string, string>>, rows = { key: 'source#password' }): Record<string, string> => ({
  'app/store.yaml': ownStore('store', bed.engine.namespace),
  'app/db.yaml': externalSecret('db', rows),
  ...more,
});

const rotate = async (password: string): Promise<void> => {
  await bed.putSecret('source', { password });
  expect((await bed.refresh())?.head.operation?.message).toBe('all objects are applied');
  expect(await bed.value('db')).toBe(password);
};

/** Where a result comes among those reported since the last sync began. */
const written = (): readonly string[] =>
  bed.engine.progress.flatMap((event) =>
    event.type === 'object' && event.result.action === 'configured' ? [event.result.ref.name] : [],
  );

describe('A rotated value', () => {
  it('restarts what mounts it or reads it as environment, in the same sync and after the Secret', async () => {
    const kinds = [...Object.entries(uses)].map(
      ([name, pod]) => [`app/${name}.yaml`, workload(name.toLowerCase(), pod)] as const,
    );
    const set = workload('set', envFrom, { kind: 'StatefulSet' });
    await bed.commit(files({ ...Object.fromEntries(kinds), 'app/set.yaml': set }));
    await bed.sync();
    const users = Object.keys(uses).map((name) => name.toLowerCase());
    for (const name of users) expect(await bed.rollout('Deployment', name)).toBeUndefined();
    await rotate('second');
    const stamps = [
      ...(await Promise.all(users.map((name) => bed.rollout('Deployment', name)))),
      await bed.rollout('StatefulSet', 'set'),
    ];
    expect(new Set(stamps).size).toBe(1);
    expect(stamps[0]).toMatch(/^\S+$/);
    expect(written()[0]).toBe('db');
    expect([...written()].slice(1).sort()).toEqual([...users, 'set'].sort());
  });

  it('leaves alone what says so, what does not use it, and a DaemonSet that does not ask for it', async () => {
    await bed.commit(
      files({
        'app/no.yaml': workload('no', envFrom, { metadata: ask('false') }),
        'app/other.yaml': deployment('other'),
        'app/quiet.yaml': workload('quiet', envFrom, { kind: 'DaemonSet' }),
        'app/asking.yaml': workload('asking', envFrom, { kind: 'DaemonSet', metadata: ask('true') }),
      }),
    );
    await bed.sync();
    await rotate('second');
    expect(await bed.rollout('Deployment', 'no')).toBeUndefined();
    expect(await bed.rollout('Deployment', 'other')).toBeUndefined();
    expect(await bed.rollout('DaemonSet', 'quiet')).toBeUndefined();
    expect(await bed.rollout('DaemonSet', 'asking')).toBeDefined();
    expect(written()).toEqual(['db', 'asking']);
  });

  it('restarts nothing when nothing changes, or only labels', async () => {
    await bed.commit(files({ 'app/web.yaml': workload('web', envFrom) }));
    await bed.sync();
    const before = await bed.engine.live('Deployment', 'web', 'apps/v1');
    await bed.sync();
    await rotate('first');
    const template = { metadata: { labels: { team: 'shop' } } };
    const labelled = externalSecret('db', { key: 'source#password' }, { target: { template } });
    await bed.commit({ 'app/db.yaml': labelled });
    await bed.sync();
    expect((await bed.engine.live('Secret', 'db'))?.metadata?.labels?.['team']).toBe('shop');
    await bed.commit({ 'app/web.yaml': workload('web', envFrom, { metadata: { labels: { team: 'shop' } } }) });
    await bed.sync();
    const after = await bed.engine.live('Deployment', 'web', 'apps/v1');
    expect(after?.metadata?.labels?.['team']).toBe('shop');
    expect(after?.metadata?.generation).toBe(before?.metadata?.generation);
  });

  it('that goes back restarts again, and stays as it is in later syncs', async () => {
    await bed.commit(files({ 'app/web.yaml': workload('web', envFrom) }));
    await bed.sync();
    await rotate('second');
    const second = await bed.rollout('Deployment', 'web');
    await rotate('first');
    const first = await bed.rollout('Deployment', 'web');
    expect(first).toBeDefined();
    expect(first).not.toBe(second);
    const { results } = await bed.sync();
    expect(results.map(({ action }) => action)).toEqual(['unchanged', 'unchanged']);
    expect(await bed.rollout('Deployment', 'web')).toBe(first);
  });

  it('restarts in the next run what a run that failed after the Secret did not reach', async () => {
    await bed.commit(files({ 'app/web.yaml': workload('web', envFrom) }));
    await bed.sync();
    await bed.putSecret('source', { password: 'second' });
    await bed.refresh(failingOnce('Deployment'));
    expect(await bed.value('db')).toBe('second');
    expect(await bed.rollout('Deployment', 'web')).toBeUndefined();
    await bed.refresh();
    expect(await bed.rollout('Deployment', 'web')).toBeDefined();
  });

  it('that comes with a commit restarts nothing twice', async () => {
    await bed.commit(files({ 'app/web.yaml': workload('web', envFrom) }));
    await bed.sync();
    await bed.putSecret('source', { password: 'first', token: 't' });
    await bed.commit({ 'app/db.yaml': externalSecret('db', { key: 'source#password', token: 'source#token' }) });
    await bed.sync();
    const generation = (await bed.engine.live('Deployment', 'web', 'apps/v1'))?.metadata?.generation;
    expect(generation).toBe(2);
    await bed.refresh();
    expect((await bed.engine.live('Deployment', 'web', 'apps/v1'))?.metadata?.generation).toBe(2);
  });

  it('of a later wave than its user comes with the user, and in front of it', async () => {
    await bed.commit({
      ...files({ 'app/web.yaml': workload('web', envFrom, { metadata: wave(-2) }) }),
      'app/db.yaml': externalSecret('db', { key: 'source#password' }, wave(3)),
    });
    const { results } = await bed.sync();
    const waves = Object.fromEntries(results.map((result) => [result.ref.name, result.wave]));
    expect(waves).toEqual({ db: -2, web: -2 });
    await rotate('second');
    expect(written()).toEqual(['db', 'web']);
    expect(await bed.rollout('Deployment', 'web')).toBeDefined();
  });
});

/** The engine's ports, with a cluster in which the first apply of a kind fails. */
function failingOnce(kind: string): Ports {
  const { ports } = bed.engine;
  let isDue = true;
  return {
    ...ports,
    clusters: {
      open: async (destination) => {
        const cluster = await ports.clusters.open(destination);
        return new Proxy(cluster, {
          get: (target, name) => {
            const member: unknown = Reflect.get(target, name);
            if (typeof member !== 'function') return member;
            if (name !== 'apply') return member.bind(target);
            return async (manifest: { readonly kind: string }) => {
              if (manifest.kind !== kind || !isDue) return member.call(target, manifest);
              isDue = false;
              throw new Error('the process died here');
            };
          },
        });
      },
    },
  };
}

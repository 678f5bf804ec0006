import { describe, expect, it } from '@jest/globals';
import type { WantedByGit } from '../../../../shared/model/wanted.ts';
import type { ObjectStore } from '../../../../shared/ports.ts';
import { listGarbage } from '../../../../shared/state/garbage.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { loadRender, saveRender } from '../../../../shared/state/renders.ts';
import { loadWanted, saveWanted } from '../../../../shared/state/wanted.ts';
import { collectGarbage } from '../../../../shared/workflows/garbage/collect-garbage.ts';
import { MemoryStore } from '../../../support/model/memory-store.ts';
import { day, hour, now, portsAt, renderOfDay } from './garbage-place.ts';

const [wanted, idle] = [renderOfDay(1), renderOfDay(2)];

/** Says that Git makes that of an application which nobody has synced yet. */
async function want(store: ObjectStore, renderDigest: string, more: Partial<WantedByGit> = {}): Promise<void> {
  const rendered = { spec: 's', sources: [], renderDigest, warnings: [], tools: { helm: '', kustomize: '' } };
  const etag = (await loadWanted(store, 'default', 'shop'))?.etag;
  await saveWanted(store, { application: 'shop', project: 'default', rendered, at: '', origin: '', ...more }, etag);
}

async function open(): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const render of [wanted, idle]) await saveRender(store, 'default', render);
  await want(store, wanted.digest);
  return store;
}

const isThere = (store: MemoryStore, digest: string): boolean =>
  store.peek(keys.render('default', digest)) !== undefined;

describe('A render that Git wants, and that nobody has synced yet', () => {
  it('is kept, however old it is, and what nobody wants is not', async () => {
    const store = await open();
    for (let days = 0; days < 5; days += 1) await collectGarbage({}, portsAt(store, now + days * 2 * day));
    expect([isThere(store, wanted.digest), isThere(store, idle.digest)]).toEqual([true, false]);
    expect(await listGarbage(store)).toEqual([]);
  });

  it('is kept beside a newer commit that came to nothing', async () => {
    const store = await open();
    await want(store, wanted.digest, { problem: { spec: 's', message: 'there is no such path' } });
    await collectGarbage({}, portsAt(store));
    expect(isThere(store, wanted.digest)).toBe(true);
  });

  it('goes when Git wants another one, and comes back whole when it is wanted again in time', async () => {
    const store = await open();
    await want(store, 'another');
    await collectGarbage({}, portsAt(store));
    expect(isThere(store, wanted.digest)).toBe(false);
    // Whoever syncs it finds it in the garbage, too.
    await want(store, wanted.digest);
    await collectGarbage({}, portsAt(store, now + day + hour));
    expect(isThere(store, wanted.digest)).toBe(true);
    expect(await loadRender(store, 'default', wanted.digest)).toEqual(wanted);
  });

  it('keeps all others while it cannot be read which one it is', async () => {
    const store = await open();
    await store.put(keys.wantedOf('default', 'shop'), Buffer.from('{}'));
    const outcome = await collectGarbage({}, portsAt(store));
    expect(outcome).toMatchObject({ blocked: true, removedRenders: [] });
    expect(outcome.unreadable.map(({ key }) => key)).toEqual([keys.wantedOf('default', 'shop')]);
    expect([isThere(store, wanted.digest), isThere(store, idle.digest)]).toEqual([true, true]);
  });
});

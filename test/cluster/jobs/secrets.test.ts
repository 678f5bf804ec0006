import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SecretStores } from '../../../shared/secret-ports.ts';
import { relaySecretEvent } from '../../../shared/workflows/jobs/relay-secret-event.ts';
import { MemoryQueue } from '../../support/jobs/memory-queue.ts';
import { type SettableClock, settableClock } from '../../support/jobs/settable-clock.ts';
import { openShopJobs, type ShopJobs } from '../../support/jobs/shop-jobs.ts';
import { awsStore, externalSecret, readerOf } from '../../support/secrets/manifests.ts';
import { noSecrets, testConceal } from '../../support/secrets/no-secrets.ts';
import { secretPorts } from '../../support/secrets/secret-ports.ts';

const hour = 3_600_000;
const region = 'eu-central-1';
const event = { service: 'SecretsManager', region, name: 'teams/db' } as const;

/** AWS, as far as these tests go: every secret has the newest value, or nobody may have it. */
let newest = 'first';
let isAway = false;
let asked = 0;
const stores: SecretStores = {
  ...noSecrets.stores,
  open: async () => ({
    read: async () => {
      asked += 1;
      if (isAway) return { state: 'failed', code: 'secret-unreachable', message: 'it does not answer' } as never;
      return { state: 'found', value: testConceal(Buffer.from(newest)), version: newest };
    },
    find: async () => [],
  }),
};

let bed: ShopJobs;
let clock: SettableClock;

beforeEach(async () => {
  [newest, isAway, clock] = ['first', false, settableClock()];
  const config = { allow: [{ aws: { ownIdentity: true, secrets: ['teams/*'] } }] };
  bed = await openShopJobs(
    {
      'app/store.yaml': awsStore('store', { region }),
      'app/db.yaml': externalSecret('db', { password: 'teams/db' }, { refreshInterval: '1h' }),
      'app/web.yaml': readerOf('db'),
    },
    { clock, secrets: secretPorts(config, { stores }) },
  );
  await bed.settle();
  while (bed.syncQueue.size > 0) await bed.sync();
  await bed.scan();
  bed.syncQueue.take();
  bed.events.length = 0;
});
afterEach(() => bed.close());

async function password(): Promise<string> {
  const encoded = (await bed.engine.live('Secret', 'db'))?.data?.['password'] ?? '';
  return Buffer.from(encoded, 'base64').toString();
}

const template = async (): Promise<string> =>
  JSON.stringify((await bed.engine.live('Deployment', 'web', 'apps/v1'))?.spec?.['template']);

const relay = (given: Parameters<typeof relaySecretEvent>[0], queue = bed.syncQueue): Promise<number> =>
  relaySecretEvent(given, { id: 'event-1', origin: 'event event-1' }, { ...bed.syncPorts, syncQueue: () => queue });

describe('A secret that was rotated', () => {
  it('is read again by those who use it when its event comes, and their pods are rolled', async () => {
    const before = await template();
    newest = 'second';
    expect(await relay(event)).toBe(1);
    expect(await bed.sync()).toEqual([{ is: 'done' }]);
    expect(await password()).toBe('second');
    expect(await template()).not.toBe(before);
    expect(bed.told()).toContain('sync.succeeded');
    expect((await bed.head()).operation).toMatchObject({ reason: 'secret', origin: 'event event-1' });
  });

  it('reaches nobody who does not use it, and is one message however often its event comes', async () => {
    const queue = new MemoryQueue();
    expect(await relay({ ...event, name: 'teams/other' }, queue)).toBe(0);
    expect(await relay({ ...event, region: 'us-east-1' }, queue)).toBe(0);
    for (const _ of ['once', 'twice']) await relay(event, queue);
    expect(queue.size).toBe(1);
  });

  it('is read again by the clock when its interval is over, once for each', async () => {
    newest = 'second';
    expect(await bed.scan()).toMatchObject({ queued: 0 });
    clock.ahead(hour + 60_000);
    expect(await bed.scan()).toMatchObject({ queued: 1 });
    await bed.sync();
    expect(await password()).toBe('second');
    bed.syncQueue.take();
    expect(await bed.scan()).toMatchObject({ queued: 0 });
    clock.ahead(hour + 60_000);
    expect(await bed.scan()).toMatchObject({ queued: 1 });
    const before = await template();
    await bed.sync();
    expect(await template()).toBe(before);
  });

  it('that nobody gives stays as it is, is asked for again, and is in sync again when it comes', async () => {
    isAway = true;
    await relay(event);
    await bed.sync();
    expect(await password()).toBe('first');
    expect(bed.told()).toContain('sync.failed');
    isAway = false;
    newest = 'third';
    asked = 0;
    for (let minutes = 0; minutes < 20 && (await password()) !== 'third'; minutes += 3) {
      clock.ahead(3 * 60_000);
      await bed.scan();
      await bed.sync();
    }
    expect(await password()).toBe('third');
    expect(asked).toBeGreaterThan(0);
    clock.ahead(3 * 60_000);
    await bed.scan();
    await bed.sync();
    expect((await bed.head()).sync).toEqual({ code: 'Synced', message: '' });
  });
});

import { PlumbError } from '../../shared/errors.ts';
import type { ObjectStore, Ports } from '../../shared/ports.ts';
import type { Check } from './check-result.ts';

/** Whether the store of state does what a sync asks of it: whole objects, written only over what was read. */
export function storeCheck({ store, worker }: Pick<Ports, 'store' | 'worker'>, place: string): Check {
  const key = `doctor/${worker.id}.json`;
  return {
    what: 'state',
    run: async () => {
      try {
        if (await keepsWritersApart(store, key)) return `${place} can be written`;
      } finally {
        await store.delete(key);
      }
      throw new PlumbError('store-unusable', `${place} does not keep two writers apart`, {
        hint: place.startsWith('s3://')
          ? 'use a bucket of Amazon S3 itself: what speaks like it may not heed If-None-Match and If-Match'
          : 'put --store on a local file system',
      });
    },
  };
}

async function keepsWritersApart(store: ObjectStore, key: string): Promise<boolean> {
  const first = await store.put(key, toBytes('1'), 'absent');
  const again = await store.put(key, toBytes('2'), 'absent');
  const read = await store.get(key);
  const keys = await store.list('doctor/');
  if (!first.won || again.won || read?.etag !== first.etag || !keys.includes(key)) return false;
  const next = await store.put(key, toBytes('3'), { etag: first.etag });
  const late = await store.put(key, toBytes('4'), { etag: first.etag });
  return next.won && !late.won;
}

function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

import type { Json } from '../model/json.ts';
import type { OutboxEntry } from '../model/outbox-entry.ts';
import type { ObjectStore } from '../ports.ts';
import { decode, encode } from './codec.ts';
import { keys } from './keys.ts';

/** Puts something to tell into the outbox. The same id at the same time is the same entry. */
export async function putIntoOutbox(
  store: ObjectStore,
  { time, id }: { readonly time: string; readonly id: string },
  entry: OutboxEntry,
): Promise<void> {
  await store.put(keys.outboxEntry(time, id), encode('outbox', entry as unknown as Json), 'absent');
}

/** What an entry has to tell; undefined: it was told, and is gone. */
export async function loadOutboxEntry(store: ObjectStore, key: string): Promise<OutboxEntry | undefined> {
  const stored = await store.get(key);
  return stored && (decode('outbox', stored.body, key) as unknown as OutboxEntry);
}

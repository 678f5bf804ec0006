import { createHash } from 'node:crypto';
import type { ObjectStore, StoredObject, StoreEntry, WriteCondition } from '../../../shared/ports.ts';

/** A store in memory. Each call takes effect at once, as a whole. */
export class MemoryStore implements ObjectStore {
  readonly #objects = new Map<string, StoredObject>();

  async get(key: string): Promise<StoredObject | undefined> {
    return this.peek(key);
  }

  async put(key: string, body: Uint8Array, condition?: WriteCondition): ReturnType<ObjectStore['put']> {
    if (!this.#allows(key, condition)) return { won: false };
    // Equal content has an equal etag, as in S3 and in a folder.
    const etag = createHash('sha256').update(body).digest('hex');
    this.#objects.set(key, { body: Uint8Array.from(body), etag });
    return { won: true, etag };
  }

  async list(prefix: string): Promise<readonly string[]> {
    return this.keysBelow(prefix);
  }

  async entries(prefix: string): Promise<readonly StoreEntry[]> {
    return this.keysBelow(prefix).map((key) => ({ key, etag: this.peek(key)?.etag ?? '' }));
  }

  async delete(key: string): Promise<void> {
    this.#objects.delete(key);
  }

  /** What is there at this instant. */
  peek(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  /** All keys below a prefix at this instant. */
  keysBelow(prefix: string): readonly string[] {
    return [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  #allows(key: string, condition: WriteCondition | undefined): boolean {
    if (condition === undefined) return true;
    const current = this.#objects.get(key);
    return condition === 'absent' ? current === undefined : current?.etag === condition.etag;
  }
}

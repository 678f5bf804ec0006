import type { ObjectStore, StoredObject } from '../ports.ts';
import type { Unreadable } from './read-all.ts';

type Parse<Value> = (stored: StoredObject, key: string) => Value | Promise<Value>;

type Kept<Value> = { readonly etag: string; readonly value: Value } | { readonly etag: string; readonly error: Error };

/** What is kept of the objects below a prefix, for the length of a process: each is read again only when it has changed. */
export class KeptObjects<Value> {
  readonly #prefix: string;
  readonly #parse: Parse<Value>;
  readonly #kept = new Map<string, Kept<Value>>();

  constructor(prefix: string, parse: Parse<Value>) {
    this.#prefix = prefix;
    this.#parse = parse;
  }

  /**
   * The objects as they are now, by key: one listing, and a read for each that is new or has changed. Those that are not `asked` for
   * are neither read nor given, and what is kept of them stays for those who ask. What cannot be read stands beside them.
   */
  async load(
    store: ObjectStore,
    asked: (key: string) => boolean = () => true,
  ): Promise<{ readonly found: ReadonlyMap<string, Value>; readonly unreadable: readonly Unreadable[] }> {
    const all = await store.entries(this.#prefix);
    const entries = all.filter(({ key }) => asked(key));
    const stale = entries.filter(({ key, etag }) => this.#kept.get(key)?.etag !== etag);
    await Promise.all(stale.map(({ key }) => this.#read(store, key)));
    const found = new Map<string, Value>();
    const unreadable: Unreadable[] = [];
    for (const { key } of entries) {
      const kept = this.#kept.get(key);
      if (kept === undefined) continue;
      if ('error' in kept) unreadable.push({ key, error: kept.error });
      else found.set(key, kept.value);
    }
    this.#forget(new Set(all.map(({ key }) => key)));
    return { found, unreadable };
  }

  /** An object as it was last read; undefined: it was not there, or could not be read. */
  valueOf(key: string): Value | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && 'value' in kept ? kept.value : undefined;
  }

  /** The etag under which an object was last read; undefined: it was not there. */
  etagOf(key: string): string | undefined {
    return this.#kept.get(key)?.etag;
  }

  async #read(store: ObjectStore, key: string): Promise<void> {
    const stored = await store.get(key);
    if (stored === undefined) {
      this.#kept.delete(key);
      return;
    }
    const { etag } = stored;
    try {
      this.#kept.set(key, { etag, value: await this.#parse(stored, key) });
    } catch (error) {
      this.#kept.set(key, { etag, error: error as Error });
    }
  }

  #forget(current: ReadonlySet<string>): void {
    for (const key of this.#kept.keys()) if (!current.has(key)) this.#kept.delete(key);
  }
}

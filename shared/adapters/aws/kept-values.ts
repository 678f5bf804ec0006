/** Asks once for all who ask for the same within some time. */
export type KeptValues<Value> = {
  get(key: string): Promise<Value>;
  /** The next who ask for it, or for anything, cause it to be asked anew. */
  forget(key?: string): void;
};

type Kept<Value> = { readonly asked: Promise<Value>; until: number };

/** What came is kept for `keepMs`; a failure is shared only while it is under way. */
export function createKeptValues<Value>(keepMs: number, ask: (key: string) => Promise<Value>): KeptValues<Value> {
  const kept = new Map<string, Kept<Value>>();

  const start = (key: string): Promise<Value> => {
    const entry = { asked: ask(key), until: Number.POSITIVE_INFINITY };
    kept.set(key, entry);
    entry.asked.then(
      () => {
        // By the clock, as timers stand still while a function is not called.
        entry.until = Date.now() + keepMs;
      },
      () => {
        if (kept.get(key) === entry) kept.delete(key);
      },
    );
    return entry.asked;
  };

  return {
    get: (key) => {
      const entry = kept.get(key);
      return entry !== undefined && Date.now() < entry.until ? entry.asked : start(key);
    },
    forget: (key) => {
      if (key === undefined) kept.clear();
      else kept.delete(key);
    },
  };
}

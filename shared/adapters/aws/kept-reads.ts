import type { Outcome } from './attempt.ts';

/** Makes a read once for all who ask for the same within a short time. */
export type KeptReads<Value> = {
  read(id: string, make: () => Promise<Outcome<Value>>): Promise<Outcome<Value>>;
  /** The next read of anything is made anew. */
  forget(): void;
};

/** What was found or is absent is kept for `keepMs` after it came, then dropped; a failure is shared only while it is under way. */
export function createKeptReads<Value>(keepMs: number): KeptReads<Value> {
  const reads = new Map<string, Promise<Outcome<Value>>>();

  const start = (id: string, make: () => Promise<Outcome<Value>>): Promise<Outcome<Value>> => {
    const drop = (): void => {
      if (reads.get(id) === read) reads.delete(id);
    };
    const read = make();
    reads.set(id, read);
    read.then((outcome) => {
      if (keepMs > 0 && (outcome.ok || outcome.failure.kind === 'absent')) setTimeout(drop, keepMs).unref();
      else drop();
    }, drop);
    return read;
  };

  return { read: (id, make) => reads.get(id) ?? start(id, make), forget: () => reads.clear() };
}

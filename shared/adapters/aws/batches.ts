import type { Limit } from '../limit.ts';
import type { Outcome } from './attempt.ts';

/** Answers for each of the ids; those that it leaves out are read one by one. */
export type LoadBatch<Value> = (ids: readonly string[]) => Promise<ReadonlyMap<string, Outcome<Value>>>;

export type BatchOptions<Value> = {
  readonly size: number;
  readonly limit: Limit;
  readonly load: LoadBatch<Value>;
  readonly loadOne: (id: string) => Promise<Outcome<Value>>;
};

type Waiting<Value> = {
  readonly id: string;
  readonly resolve: (outcome: Outcome<Value>) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Puts reads that are asked for in the same turn together. A batch is filled when its turn comes, so reads that come
 * while others wait for theirs go along with them.
 */
export function createBatches<Value>(options: BatchOptions<Value>): (id: string) => Promise<Outcome<Value>> {
  const { size, limit } = options;
  let queue: Waiting<Value>[] = [];
  let isDue = false;

  const serveNext = async (): Promise<void> => {
    const batch = queue.slice(0, size);
    queue = queue.slice(size);
    if (batch.length > 0) await serve(batch, options);
  };

  const begin = (): void => {
    isDue = false;
    for (let left = queue.length; left > 0; left -= size) void limit.run(serveNext);
  };

  return (id) =>
    new Promise((resolve, reject) => {
      queue.push({ id, resolve, reject });
      if (!isDue) setImmediate(begin);
      isDue = true;
    });
}

async function serve<Value>(batch: readonly Waiting<Value>[], options: BatchOptions<Value>): Promise<void> {
  try {
    const ids = batch.map(({ id }) => id);
    const answers = ids.length > 1 ? await options.load(ids) : new Map<string, Outcome<Value>>();
    for (const { id, resolve } of batch) resolve(answers.get(id) ?? (await options.loadOne(id)));
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

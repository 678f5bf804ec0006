import { S3Store } from '../../shared/adapters/aws/s3-store.ts';
import { FolderStore } from '../../shared/adapters/local/folder-store.ts';
import { localWorker } from '../../shared/adapters/local/worker.ts';
import type { ObjectStore } from '../../shared/ports.ts';
import { incrementTimes } from './object-store-increment.ts';

const [task = '', place = '', key = ''] = process.argv.slice(2);
const store: ObjectStore = place.startsWith('s3://')
  ? new S3Store({ bucket: place.slice('s3://'.length) })
  : new FolderStore(place, localWorker());

/** Runs in a process of its own: `node object-store-writer.ts TASK PLACE KEY`. */
const tasks: { readonly [name: string]: () => Promise<void> } = {
  increment: () => incrementTimes(store, key, 25),
  claim: async () => {
    const result = await store.put(key, Buffer.from(`${process.pid}`), 'absent');
    process.stdout.write(result.won ? 'won' : 'lost');
  },
  rewrite: async () => {
    for (let version = 1; ; version += 1) {
      await store.put(key, Buffer.from(`${version}\n`.repeat(20_000 + version)));
      process.stdout.write(`${version}\n`);
    }
  },
};

await tasks[task]?.();

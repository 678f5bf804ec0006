import { MemoryStore } from '../support/model/memory-store.ts';
import { describeObjectStore } from './object-store.ts';

describeObjectStore('the model’s memory', async () => {
  const store = new MemoryStore();
  return { connect: () => store, remove: async () => {} };
});

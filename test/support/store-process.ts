import process from 'node:process';
import { FolderStore } from '../../shared/adapters/local/folder-store.ts';
import { localWorker } from '../../shared/adapters/local/worker.ts';
import { PlumbError } from '../../shared/errors.ts';

/** What a call of the store came to: `ok`, or the error. */
export type StoreOutcome = 'ok' | { readonly code: string; readonly message: string; readonly hint?: string };

/** One outcome for each call, in the order of `calls` below. */
export type StoreOutcomes = { readonly [call in 'read' | 'list' | 'make' | 'replace' | 'remove']: StoreOutcome };

const [folder = '', uid = ''] = process.argv.slice(2);
// Permissions do not bind root.
if (uid !== '' && process.getuid?.() === 0) process.setuid?.(Number(uid));

const store = new FolderStore(folder, localWorker());
const body = Buffer.alloc(100_000, 'a');
const calls: { readonly [call in keyof StoreOutcomes]: () => Promise<unknown> } = {
  read: async () => store.get('heads/shop.json'),
  list: async () => store.list('heads/'),
  make: async () => store.put('heads/new.json', body, 'absent'),
  replace: async () => store.put('heads/shop.json', body),
  remove: async () => store.delete('heads/shop.json'),
};

const outcomes: { [call: string]: StoreOutcome } = {};
for (const [name, call] of Object.entries(calls)) outcomes[name] = await outcomeOf(call);
process.stdout.write(JSON.stringify(outcomes));

async function outcomeOf(call: () => Promise<unknown>): Promise<StoreOutcome> {
  try {
    await call();
    return 'ok';
  } catch (error) {
    if (!(error instanceof PlumbError)) return { code: 'unexpected', message: String(error) };
    const { code, message, hint } = error;
    return { code, message, ...(hint === undefined ? {} : { hint }) };
  }
}

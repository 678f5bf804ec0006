import process from 'node:process';
import type { CommitRequest } from '../git-repositories.ts';
import { startGitServer } from '../git-server.ts';

// Run as a program by git-branches.ts: starting git takes a small process a fraction of the time that it takes Jest.
const server = await startGitServer();
await server.createRepository('shop', { 'README.md': 'One branch for each place.' });
process.on('message', (request) => void commit(request as CommitRequest & { readonly number: number }));
process.once('disconnect', () => void server.stop().finally(() => process.exit(0)));
process.send?.(server.url('shop'));

async function commit({ number, ...request }: CommitRequest & { readonly number: number }): Promise<void> {
  await server.commit('shop', request);
  process.send?.(number);
}

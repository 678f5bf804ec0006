import { spawn } from 'node:child_process';
import process from 'node:process';

// Run detached, with a channel to its starter: runs a program in a process group of its own, and ends the whole group when the
// starter ends in any way, so that a long installation or build never outlives the one who asked for it.
const [program, ...args] = process.argv.slice(2);
for (const end of ['disconnect', 'SIGTERM', 'SIGINT', 'SIGHUP'])
  process.once(end, () => process.kill(-process.pid, 'SIGKILL'));
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.on('error', (error) => {
  process.stderr.write(`Cannot run ${program}: ${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code) => process.exit(code ?? 1));

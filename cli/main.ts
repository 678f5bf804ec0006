import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { endProcess, processShell } from './process-shell.ts';
import { stateFolders } from './state-folders.ts';

const shell = processShell();
// From the second start on, nothing is parsed again: that halves the time to the first word.
enableCompileCache(join(stateFolders({}, shell).cache, 'compile'));
const { runPlumb } = await import('./run-plumb.ts');
await endProcess(await runPlumb(process.argv.slice(2), shell));

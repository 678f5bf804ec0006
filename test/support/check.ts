import process from 'node:process';
import { runChecks, staticChecks, unitTests } from './checks.ts';
import { exitOnSignals } from './exit-on-signals.ts';

// npm run check: everything that needs no cluster, side by side.
exitOnSignals();
const failed = await runChecks([...staticChecks, unitTests], 30);
process.exitCode = failed.length === 0 ? 0 : 1;

import process from 'node:process';
import { LocalCommandRunner } from '../../shared/adapters/local/command-runner.ts';

// A process that runs a program as its helm and does nothing else; at SIGHUP it exits by itself.
const [helm = '', folder = ''] = process.argv.slice(2);
process.once('SIGHUP', () => process.exit(1));
const limits = { timeoutMs: 60_000, maxOutputBytes: 1_000 };
const runner = new LocalCommandRunner({ helm, kustomize: { path: helm, prefixArgs: [] } });
await runner.run({ program: 'helm', args: [], folder, home: folder, network: false, ...limits });

import process from 'node:process';
import { enter } from './setup/enter-node.mjs';

const [script, ...args] = process.argv.slice(2);
if (script === undefined) throw new Error('usage: node cli/enter.mjs FILE.ts [ARGUMENT…]');
await enter(script, args);

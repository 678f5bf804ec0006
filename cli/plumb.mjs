#!/usr/bin/env node
import process from 'node:process';
import { enter } from './setup/enter-node.mjs';

// npm runs scripts in the package's folder; paths are meant from where the person stands.
const { npm_lifecycle_event: script, INIT_CWD: folder } = process.env;
if (script === 'plumb' && folder !== undefined) process.chdir(folder);

await enter('cli/main.ts', process.argv.slice(2));

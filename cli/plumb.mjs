#!/usr/bin/env node
import process from 'node:process';
import { enter } from './setup/enter-node.mjs';

await enter('cli/main.ts', process.argv.slice(2));

import { rm } from 'node:fs/promises';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { endGroups } from './end-groups.ts';

// Run as a program by guard.ts, in a session of its own: no signal to the one it guards reaches it. Its standard input closes
// when that process ends, in whatever way.
const groups: number[] = [];
const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: guard-process.ts FOLDER');
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});
for await (const line of createInterface({ input: process.stdin })) groups.push(Number(line));
await endGroups(groups);
await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isGroupAlive } from '../../support/end-groups.ts';
import { eventually } from '../../support/eventually.ts';
import { type Guard, startGuard } from '../../support/guard.ts';

let guard: Guard;
beforeEach(async () => {
  guard = await startGuard('outer');
});
afterEach(() => guard.end());

/** A program that guards a group of two processes and a folder with a file, says where they are, and waits. */
const owner = `
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { startGuard } from ${JSON.stringify(join(import.meta.dirname, '../../support/guard.ts'))};
const { folder, watch } = await startGuard('owner');
writeFileSync(folder + '/file', '');
const child = spawn('/bin/sh', ['-c', 'sleep 600 & sleep 600; true'], { detached: true, stdio: 'ignore' });
watch(child);
console.log(JSON.stringify({ folder, group: child.pid }));
setInterval(() => {}, 1000);
`;

async function startOwner(): Promise<{
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly folder: string;
  readonly group: number;
}> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', owner], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    env: { PATH: process.env['PATH'], TMPDIR: guard.folder },
  });
  guard.watch(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { kill: (signal) => child.kill(signal), ...(JSON.parse(line) as { folder: string; group: number }) };
}

describe('Guard', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'ends what was started and removes the folder when its owner is ended by %s',
    async (signal) => {
      const { kill, folder, group } = await startOwner();
      expect([isGroupAlive(group), existsSync(join(folder, 'file'))]).toEqual([true, true]);
      kill(signal);
      await eventually('the group has ended', () => !isGroupAlive(group));
      await eventually('the folder is gone', () => !existsSync(folder));
    },
  );

  it('does the same when it is told to end, before it says that it has', async () => {
    const inner = await startGuard('inner');
    const child = spawn('/bin/sh', ['-c', 'sleep 600 & sleep 600; true'], { detached: true, stdio: 'ignore' });
    inner.watch(child);
    expect(isGroupAlive(child.pid ?? 0)).toBe(true);
    await inner.end();
    expect([isGroupAlive(child.pid ?? 0), existsSync(inner.folder)]).toEqual([false, false]);
  });
});

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { withLock } from '../../../../cli/setup/lock.mjs';
import { eventually } from '../../../support/eventually.ts';

let folder: string;
let lock: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-lock-'));
  lock = join(folder, 'deep', 'a.lock');
});
afterEach(() => rm(folder, { recursive: true }));

const nobody = (): void => {};
const deadProcess = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('Lock', () => {
  it('lets one work at a time, tells those who wait once, and leaves no file', async () => {
    let inside = 0;
    let most = 0;
    const told: number[] = [];
    const work = async (): Promise<number> => {
      inside += 1;
      most = Math.max(most, inside);
      await eventually('the two others wait', () => told.length === 2);
      inside -= 1;
      return most;
    };
    await Promise.all([1, 2, 3].map(() => withLock(lock, (holder) => told.push(holder), work)));
    expect(most).toBe(1);
    expect(told).toEqual([process.pid, process.pid]);
    expect(await readdir(join(folder, 'deep'))).toEqual([]);
  });

  it('is free again when the work fails', async () => {
    await expect(withLock(lock, nobody, () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
    expect(existsSync(lock)).toBe(false);
  });

  it('takes the lock of a dead process over, also when many want it', async () => {
    await mkdir(join(folder, 'deep'));
    await writeFile(lock, `${deadProcess()}\n`);
    let inside = 0;
    const work = async (): Promise<boolean> => {
      inside += 1;
      await new Promise((resolve) => setImmediate(resolve));
      const alone = inside === 1;
      inside -= 1;
      return alone;
    };
    expect(await Promise.all([1, 2, 3, 4].map(() => withLock(lock, nobody, work)))).toEqual([true, true, true, true]);
  });

  it('takes a lock over whose holder has not been heard of for minutes: its number belongs to another program', async () => {
    await mkdir(join(folder, 'deep'));
    await writeFile(lock, `${process.pid}\n`);
    const longAgo = new Date(Date.now() - 300_000);
    await utimes(lock, longAgo, longAgo);
    expect(await withLock(lock, nobody, async () => 'mine')).toBe('mine');
  });

  it('takes over from one that died while it broke a lock', async () => {
    await mkdir(join(folder, 'deep'));
    await writeFile(lock, `${deadProcess()}\n`);
    await mkdir(`${lock}.break`);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(`${lock}.break`, longAgo, longAgo);
    expect(await withLock(lock, nobody, async () => 'mine')).toBe('mine');
  });
});

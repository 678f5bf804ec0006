import { link, mkdir, readFile, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const beatMs = 5_000;
/** A holder that lives beats; this long without one means that its number belongs to another program by now. */
const staleMs = 120_000;
const breakerStaleMs = 10_000;

/**
 * Runs `work` while no other process holds the same lock, and frees it however `work` ends.
 * A lock whose holder has died is taken over. `waiting` is told once, with the holder's process id.
 */
export async function withLock(path, waiting, work) {
  await mkdir(dirname(path), { recursive: true });
  await take(path, waiting);
  const beat = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), beatMs);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(path, { force: true });
  }
}

async function take(path, waiting) {
  const mine = `${path}.${process.pid}.${process.hrtime.bigint()}`;
  await writeFile(mine, `${process.pid}\n`);
  try {
    for (let told = false; !(await tryLink(mine, path)); ) {
      const holder = await readHolder(path);
      if (holder === undefined) continue;
      if (await breakIfStale(path, holder)) continue;
      if (!told) waiting(holder);
      told = true;
      await sleep(200);
    }
  } finally {
    await unlink(mine);
  }
}

async function tryLink(mine, path) {
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(path) {
  try {
    return Number.parseInt(await readFile(path, 'utf8'), 10);
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Breaking happens under a lock of its own, so that nobody removes the lock that a quicker one has just taken. */
async function breakIfStale(path, holder) {
  if (!(await isStale(path, holder))) return false;
  const breaker = `${path}.break`;
  try {
    await mkdir(breaker);
  } catch {
    if ((await ageOf(breaker)) > breakerStaleMs) await rm(breaker, { recursive: true, force: true });
    await sleep(20);
    return false;
  }
  try {
    const now = await readHolder(path);
    if (now === holder && (await isStale(path, now))) await rm(path, { force: true });
  } finally {
    await rm(breaker, { recursive: true, force: true });
  }
  return true;
}

async function isStale(path, holder) {
  return !isAlive(holder) || (await ageOf(path)) > staleMs;
}

async function ageOf(path) {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from './folder-store-errors.ts';

/** The bytes are on the disk, under a name that nobody else uses, when this resolves; on failure nothing is left. */
export async function writeDurably(file: string, body: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await writeAndClose(handle, body);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

async function writeAndClose(handle: FileHandle, body: Uint8Array): Promise<void> {
  try {
    await handle.writeFile(body);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/**
 * Makes folders below a root, durably. What another process has just made may not be on the disk yet, so the whole chain
 * up to the root's parent is synced once, whoever made it.
 */
export function folderMaker(
  root: string,
  syncFolder: (folder: string) => Promise<void>,
): (folder: string) => Promise<void> {
  const synced = new Map<string, Promise<unknown>>();
  return async (folder) => {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined || !synced.has(folder))
      synced.set(folder, Promise.all(parents(folder, root).map(syncFolder)));
    await synced.get(folder);
  };
}

function parents(folder: string, root: string): readonly string[] {
  const parent = dirname(folder);
  return folder === root || parent === folder ? [parent] : [parent, ...parents(parent, root)];
}

/** Syncs folders; calls that come while one is under way share the next one, so that many writes cost few syncs. */
export function folderSync(): (folder: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<void>>();
  const start = async (folder: string): Promise<void> => {
    waiting.delete(folder);
    const sync = syncFolder(folder).finally(() => running.get(folder) === sync && running.delete(folder));
    running.set(folder, sync);
    await sync;
  };
  return (folder) => {
    const shared = waiting.get(folder);
    if (shared !== undefined) return shared;
    const current = running.get(folder);
    if (current === undefined) return start(folder);
    const next = current.then(
      () => start(folder),
      () => start(folder),
    );
    waiting.set(folder, next);
    return next;
  };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The names in a folder; none when it is not there. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(noneIfAbsent);
}

/** All files below a folder, as paths from it with `/`, names that start with a dot left out. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(noneIfAbsent);
  const visible = entries.filter((entry) => !entry.name.startsWith('.'));
  const nested = await Promise.all(
    visible.map(async (entry) => {
      if (!entry.isDirectory()) return entry.isFile() ? [entry.name] : [];
      const below = await filesBelow(join(folder, entry.name));
      return below.map((path) => `${entry.name}/${path}`);
    }),
  );
  return nested.flat();
}

function noneIfAbsent(error: unknown): [] {
  if (errorCode(error) === 'ENOENT') return [];
  throw error;
}

/** Runs at most `limit` tasks at once; the others wait their turn. */
export function atMost(limit: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  let free = limit;
  const queue: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => queue.push(resolve));
    try {
      return await task();
    } finally {
      const next = queue.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

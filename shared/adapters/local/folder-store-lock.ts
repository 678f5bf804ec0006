import { createHash } from 'node:crypto';
import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { StoreError } from '../../errors.ts';
import type { Worker } from '../../ports.ts';
import { errorCode } from './folder-store-errors.ts';
import { namesIn } from './folder-store-files.ts';

const longestWaitMs = 30_000;

/**
 * One lock a key, held across processes.
 *
 * A token is a folder that holds one file, the mark, named after its owner. Taking a lock is renaming a token to the lock's
 * name, which the system refuses while a token with a mark is there. Giving it back is renaming it away again. The lock of
 * a dead process is broken by removing its mark by name: that can never hit the mark of somebody who came after.
 */
export class FolderLocks {
  readonly #folder: string;
  readonly #worker: Worker;
  readonly #free: string[] = [];
  readonly #queues = new Map<string, Promise<unknown>>();
  #made = 0;
  #active = 0;

  constructor(folder: string, worker: Worker) {
    this.#folder = folder;
    this.#worker = worker;
  }

  /** Runs the task while no other process, and no other task here, holds the lock of the key. */
  async hold<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const before = this.#queues.get(key) ?? Promise.resolve();
    const mine = before.then(() => this.#holdAlone(key, task));
    const settled = mine.then(ignore, ignore);
    this.#queues.set(key, settled);
    try {
      return await mine;
    } finally {
      if (this.#queues.get(key) === settled) this.#queues.delete(key);
    }
  }

  /** Removes what ended processes left: their tokens, and the locks that they died in. */
  async clean(): Promise<void> {
    for (const name of await namesIn(this.#folder)) {
      const path = join(this.#folder, name);
      if (name.startsWith('lock-')) await this.#removeStale(path);
      else if (this.#worker.hasEnded(ownerOf(name))) await rm(path, { recursive: true, force: true });
    }
  }

  async #removeStale(lock: string): Promise<void> {
    if ((await this.#breakStale(lock)) !== undefined) return;
    // Fails, rightly, when somebody has taken the lock since.
    await rmdir(lock).catch(() => undefined);
  }

  async #holdAlone<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    this.#active += 1;
    try {
      return await this.#holdWithToken(key, task);
    } finally {
      this.#active -= 1;
      if (this.#active === 0) await this.#dropTokens();
    }
  }

  async #holdWithToken<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const token = this.#free.pop() ?? (await this.#makeToken());
    const lock = join(this.#folder, lockNameOf(key));
    await this.#take(lock, token, key);
    try {
      return await task();
    } finally {
      await rename(lock, token);
      this.#free.push(token);
    }
  }

  async #take(lock: string, token: string, key: string): Promise<void> {
    const started = performance.now();
    for (let attempt = 0; !(await renamed(token, lock)); attempt += 1) {
      const holder = await this.#breakStale(lock);
      if (holder === undefined) continue;
      if (performance.now() - started > longestWaitMs) throw stuck(key, lock, holder);
      await wait(Math.min(25, 1 + attempt) * (0.5 + Math.random()));
    }
  }

  /** Who holds the lock; undefined when nobody does (any more). */
  async #breakStale(lock: string): Promise<string | undefined> {
    const [mark] = await namesIn(lock);
    if (mark === undefined) return undefined;
    if (!this.#worker.hasEnded(ownerOf(mark))) return ownerOf(mark);
    await rm(join(lock, mark), { force: true });
    return undefined;
  }

  async #makeToken(): Promise<string> {
    this.#made += 1;
    const name = `${this.#worker.id}.${this.#made}`;
    const token = join(this.#folder, name);
    await mkdir(token, { recursive: true });
    await writeFile(join(token, name), '');
    return token;
  }

  async #dropTokens(): Promise<void> {
    const tokens = this.#free.splice(0);
    await Promise.all(tokens.map((token) => rm(token, { recursive: true, force: true })));
  }
}

/** The folder that is there, below `.locks`, while the lock of a key is held. */
export function lockNameOf(key: string): string {
  return `lock-${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
}

/** The worker id in the name of a token, mark or scratch file: all before the last dot. */
export function ownerOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.'));
}

async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

function stuck(key: string, lock: string, holder: string): StoreError {
  return new StoreError('store-unusable', `${key} has been locked by ${holder} for ${longestWaitMs / 1000} s`, {
    object: key,
    retryable: true,
    hint: `If that process has ended (another machine or container, perhaps), delete the folder ${lock}.`,
  });
}

function ignore(): void {}

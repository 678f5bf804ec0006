import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StoreError } from '../../errors.ts';
import type { ObjectStore, StoredObject, StoreEntry, Worker, WriteCondition } from '../../ports.ts';
import { errorCode, unusable } from './folder-store-errors.ts';
import { etagOf, FolderEtags } from './folder-store-etags.ts';
import { atMost, filesBelow, folderMaker, folderSync, namesIn, writeDurably } from './folder-store-files.ts';
import { FolderLocks, ownerOf } from './folder-store-lock.ts';

const filesAtOnce = 64;

type Written = { readonly won: true; readonly etag: string } | { readonly won: false };

/**
 * The store of state in a folder, one file an object. Safe for many processes at once and against their death at any
 * instruction: an object is written aside, synced, and renamed into place under a lock of its key.
 */
export class FolderStore implements ObjectStore {
  readonly #folder: string;
  readonly #scratch: string;
  readonly #worker: Worker;
  readonly #locks: FolderLocks;
  readonly #etags = new FolderEtags();
  readonly #syncFolder = folderSync();
  readonly #makeFolder: (folder: string) => Promise<void>;
  readonly #bounded = atMost(filesAtOnce);
  #ready: Promise<void> | undefined;
  #written = 0;

  constructor(folder: string, worker: Worker) {
    this.#folder = resolve(folder);
    this.#scratch = join(this.#folder, '.writing');
    this.#worker = worker;
    this.#locks = new FolderLocks(join(this.#folder, '.locks'), worker);
    this.#makeFolder = folderMaker(this.#folder, this.#syncFolder);
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const file = this.#fileOf(key);
    return await this.#attempt(`read ${key}`, () => readIfThere(file));
  }

  async put(key: string, body: Uint8Array, condition?: WriteCondition): Promise<Written> {
    const file = this.#fileOf(key);
    return await this.#attempt(`write ${key}`, async () => {
      await this.#prepare();
      // What is there stays there: nothing need be written to know that.
      if (condition === 'absent' && (await isThere(file))) return { won: false };
      const aside = await this.#writeAside(body);
      const written = await this.#locks
        .hold(key, () => this.#moveIn({ aside, file, body, condition }))
        .catch(async (error: unknown) => {
          await rm(aside, { force: true });
          throw error;
        });
      if (!written.won) await rm(aside, { force: true });
      return written;
    });
  }

  async list(prefix: string): Promise<readonly string[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    if (folder !== '') this.#fileOf(folder.slice(0, -1));
    return await this.#attempt(`list ${prefix}`, async () => {
      const paths = await filesBelow(join(this.#folder, folder));
      return paths
        .map((path) => `${folder}${path}`)
        .filter((key) => key.startsWith(prefix))
        .sort();
    });
  }

  async entries(prefix: string): Promise<readonly StoreEntry[]> {
    const keys = await this.list(prefix);
    const entries = await Promise.all(
      keys.map(async (key) => ({
        key,
        etag: await this.#attempt(`read ${key}`, () => this.#etags.of(this.#fileOf(key))),
      })),
    );
    return entries.flatMap(({ key, etag }) => (etag === undefined ? [] : [{ key, etag }]));
  }

  async delete(key: string): Promise<void> {
    const file = this.#fileOf(key);
    await this.#attempt(`delete ${key}`, async () => {
      if ((await readIfThere(file)) === undefined) return;
      await this.#prepare();
      await this.#locks.hold(key, async () => {
        await rm(file, { force: true });
        await this.#syncFolder(dirname(file));
      });
    });
  }

  async #moveIn(write: {
    readonly aside: string;
    readonly file: string;
    readonly body: Uint8Array;
    readonly condition: WriteCondition | undefined;
  }): Promise<Written> {
    const { aside, file, body, condition } = write;
    if (condition !== undefined && !allows(condition, await readIfThere(file))) return { won: false };
    await this.#makeFolder(dirname(file));
    await rename(aside, file);
    await this.#syncFolder(dirname(file));
    return { won: true, etag: etagOf(body) };
  }

  async #writeAside(body: Uint8Array): Promise<string> {
    this.#written += 1;
    const aside = join(this.#scratch, `${this.#worker.id}.${this.#written}`);
    await writeDurably(aside, body);
    return aside;
  }

  /** Before the first write, and the first one after a failure: makes the folders, and removes what killed writers left behind. */
  async #prepare(): Promise<void> {
    this.#ready ??= this.#makeReady();
    await this.#ready;
  }

  async #makeReady(): Promise<void> {
    await this.#makeFolder(this.#folder);
    await mkdir(join(this.#folder, '.locks'), { recursive: true, mode: 0o700 });
    await mkdir(this.#scratch, { recursive: true, mode: 0o700 });
    const left = (await namesIn(this.#scratch)).filter((name) => this.#worker.hasEnded(ownerOf(name)));
    await Promise.all(left.map((name) => rm(join(this.#scratch, name), { force: true })));
    await this.#locks.clean();
  }

  async #attempt<Result>(tried: string, task: () => Promise<Result>): Promise<Result> {
    try {
      return await this.#bounded(task);
    } catch (cause) {
      this.#ready = undefined;
      throw unusable(tried, this.#folder, cause);
    }
  }

  #fileOf(key: string): string {
    const segments = key.split('/');
    if (!segments.every(isSegment))
      throw new StoreError('store-unusable', `${JSON.stringify(key)} cannot be a key of the store`);
    return join(this.#folder, ...segments);
  }
}

/** A leading dot is for the store's own folders; with it, `.` and `..` are refused too. */
function isSegment(text: string): boolean {
  return text !== '' && !text.startsWith('.') && !text.includes('\\') && !text.includes('\0');
}

function allows(condition: WriteCondition, current: StoredObject | undefined): boolean {
  return condition === 'absent' ? current === undefined : current?.etag === condition.etag;
}

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(absentIfMissing)) !== undefined;
}

function absentIfMissing(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
}

async function readIfThere(file: string): Promise<StoredObject | undefined> {
  try {
    const body = await readFile(file);
    return { body, etag: etagOf(body) };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

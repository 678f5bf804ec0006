import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findIn, Pack } from './pack.ts';
import { writePack } from './pack-file.ts';

/** The packs of one commit: its own first, then those of the commits that it was fetched on top of. */
export type KeptCommit = { readonly folder: string; readonly packs: readonly Pack[] };

export type KeepRequest = {
  readonly sha: string;
  /** The commit that the pack was made on top of. */
  readonly base: string | undefined;
  /** Asked before the commit shows; one that lacks objects is not kept. */
  readonly isComplete: (commit: KeptCommit) => boolean;
};

/** A pack on its way, and the packs that it may build upon. */
export type Incoming = { readonly pack: AsyncIterable<Uint8Array>; readonly basePacks?: readonly Pack[] };

const basesName = 'bases.json';
const incoming = '.incoming-';
/** Beyond that a commit is fetched whole again, so that reading stays quick and old packs can go. */
const maxBases = 31;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const unusedMs = 7 * dayMs;

/**
 * The commits of one repository that are on disk, a folder each. A folder appears by one rename when all is in it, so that it is
 * whole or absent, whatever ends or competes with this process.
 */
export class KeptRepository {
  readonly folder: string;

  constructor(root: string, key: string) {
    this.folder = join(root, createHash('sha256').update(key).digest('hex'));
  }

  /** The kept commit, marked as used now; undefined when it is not there as a whole. */
  open(sha: string): KeptCommit | undefined {
    if (!this.touch(sha)) return undefined;
    const folders = [sha, ...(this.#basesOf(sha) ?? [])].map((each) => join(this.folder, each));
    return { folder: join(this.folder, sha), packs: folders.map((folder) => new Pack(folder)) };
  }

  /** Marks a commit and its bases as used, to the hour; false when it is not there as a whole any more. */
  touch(sha: string): boolean {
    const bases = this.#basesOf(sha);
    if (bases === undefined) return false;
    const now = new Date();
    if (now.getTime() - statSync(join(this.folder, sha)).mtimeMs < hourMs) return true;
    for (const each of [sha, ...bases]) utimesSync(join(this.folder, each), now, now);
    return true;
  }

  /** The kept commits that start with these hex digits. */
  startingWith(digits: string): readonly string[] {
    return this.#commits().filter((sha) => sha.startsWith(digits) && this.#basesOf(sha) !== undefined);
  }

  /** A commit to fetch the next one on top of: the one used last, unless it already rests on many others. */
  base(): string | undefined {
    const newest = this.#commits()
      .map((sha) => ({ sha, used: statSync(join(this.folder, sha), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
      .sort((a, b) => b.used - a.used)[0];
    return newest !== undefined && (this.#basesOf(newest.sha)?.length ?? maxBases) < maxBases ? newest.sha : undefined;
  }

  /** Keeps a pack as a commit, and says whether it did: a pack that lacks objects is not kept. When another process was quicker, its work stays and this one's goes. */
  async keep({ sha, base, isComplete }: KeepRequest, pack: AsyncIterable<Uint8Array>): Promise<boolean> {
    const bases = base === undefined ? [] : [base, ...(this.#basesOf(base) ?? [])];
    const basePacks = bases.map((each) => new Pack(join(this.folder, each)));
    const isKept = await this.receive({ pack, basePacks }, async (folder) => {
      const packs = [new Pack(folder), ...basePacks];
      if (!isComplete({ folder, packs })) return false;
      await writeFile(join(folder, basesName), JSON.stringify(bases), { flush: true });
      await this.#settle(folder, sha);
      return true;
    });
    if (base === undefined) await this.#prune();
    return isKept;
  }

  async #forget(sha: string): Promise<void> {
    const doomed = join(this.folder, `${incoming}${randomUUID()}`);
    await rename(join(this.folder, sha), doomed).catch(() => undefined);
    await rm(doomed, { recursive: true, force: true });
  }

  /** Writes a pack into a folder that is gone afterwards, unless `use` moves it away. */
  async receive<T>({ pack, basePacks = [] }: Incoming, use: (folder: string) => Promise<T>): Promise<T> {
    const folder = join(this.folder, `${incoming}${randomUUID()}`);
    await mkdir(folder, { recursive: true });
    try {
      await writePack(folder, pack, (oid) => findIn(basePacks, oid));
      return await use(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #settle(folder: string, sha: string): Promise<void> {
    if (this.#basesOf(sha) === undefined) await this.#forget(sha);
    await rename(folder, join(this.folder, sha)).catch((error: unknown) => {
      if (this.#basesOf(sha) === undefined) throw error;
    });
  }

  /** What a crash left behind goes after a day; a commit that nobody opened for a week goes too. */
  async #prune(): Promise<void> {
    for (const name of readdirSync(this.folder)) {
      const path = join(this.folder, name);
      const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > (name.startsWith(incoming) ? dayMs : unusedMs)) await rm(path, { recursive: true, force: true });
    }
  }

  #commits(): readonly string[] {
    return existsSync(this.folder) ? readdirSync(this.folder).filter((name) => /^[0-9a-f]{40}$/.test(name)) : [];
  }

  #basesOf(sha: string): readonly string[] | undefined {
    const file = join(this.folder, sha, basesName);
    if (!existsSync(file)) return undefined;
    const bases = JSON.parse(readFileSync(file, 'utf8')) as readonly string[];
    return bases.every((base) => existsSync(join(this.folder, base, basesName))) ? bases : undefined;
  }
}

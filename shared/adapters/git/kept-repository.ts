import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Where Git keeps packs below a repository's folder. */
export const packsFolder: string = join('objects', 'pack');

const incoming = '.incoming-';
/** A pack and its index for each commit that this one was fetched on top of; beyond that it is fetched whole, so that reading stays quick. */
const maxLinks = 2 * 31;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const unusedMs = 7 * dayMs;

/**
 * The commits of one repository that are on disk, a bare repository each. A folder appears by one rename when all is in it, so that it is
 * whole or absent, whatever ends or competes with this process. Packs that commits share are hard links: each folder can go on its own.
 */
export class KeptRepository {
  readonly #folder: string;

  constructor(root: string, key: string) {
    this.#folder = join(root, createHash('sha256').update(key).digest('hex').slice(0, 32));
  }

  /** The folder of a kept commit, marked as used now, to the hour; undefined when it is not kept. */
  async find(sha: string): Promise<string | undefined> {
    const folder = join(this.#folder, sha);
    const used = await lastUse(folder);
    if (used === undefined) return undefined;
    const now = new Date();
    if (now.getTime() - used > hourMs) await utimes(folder, now, now);
    return folder;
  }

  /** The kept commits that start with these hex digits. */
  async startingWith(digits: string): Promise<readonly string[]> {
    return (await this.#commits()).filter((sha) => sha.startsWith(digits));
  }

  /** The commit used last, to fetch the next one on top of. */
  async newest(): Promise<string | undefined> {
    const commits = await this.#commits();
    const uses = await Promise.all(commits.map((sha) => lastUse(join(this.#folder, sha))));
    const byUse = commits.map((sha, index) => ({ sha, used: uses[index] ?? 0 })).sort((a, b) => b.used - a.used);
    return byUse[0]?.sha;
  }

  /** Gives the packs of a kept commit to another folder; false when they cannot be linked, or are many. */
  async linkPacks(sha: string, folder: string): Promise<boolean> {
    const packs = join(this.#folder, sha, packsFolder);
    const names = await readdir(packs).catch(() => []);
    if (names.length === 0 || names.length > maxLinks) return false;
    const links = names.map((name) => link(join(packs, name), join(folder, packsFolder, name)));
    return (await Promise.allSettled(links)).every(({ status }) => status === 'fulfilled');
  }

  /** Keeps what `fill` puts into a folder as a commit; gives its folder. When another process was quicker, its work stays. */
  async keep(sha: string, fill: (folder: string) => Promise<void>): Promise<string> {
    const kept = join(this.#folder, sha);
    await this.scratch(async (folder) => {
      await fill(folder);
      await flushPacks(folder);
      await rename(folder, kept).catch(async (error: unknown) => {
        if ((await this.find(sha)) === undefined) throw error;
      });
    });
    await this.#sweep();
    return kept;
  }

  /** Lends an empty bare repository, which is gone afterwards. */
  async scratch<T>(use: (folder: string) => Promise<T>): Promise<T> {
    const folder = join(this.#folder, `${incoming}${randomUUID()}`);
    await mkdir(join(folder, packsFolder), { recursive: true, mode: 0o700 });
    try {
      return await use(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** What a crash left behind goes after a day; a commit that nobody opened for a week goes too. */
  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const unused = Date.now() - ((await lastUse(path)) ?? Date.now());
      if (unused > (name.startsWith(incoming) ? dayMs : unusedMs)) await rm(path, { recursive: true, force: true });
    }
  }

  async #commits(): Promise<readonly string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names.filter((name) => /^[0-9a-f]{40}$/.test(name));
  }
}

/** The size of all packs in a bare repository, with their indexes. */
export async function packBytes(folder: string): Promise<number> {
  const packs = join(folder, packsFolder);
  const sizes = (await readdir(packs)).map(async (name) => (await stat(join(packs, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** The folder must not show before its content is on disk. */
async function flushPacks(folder: string): Promise<void> {
  for (const name of await readdir(join(folder, packsFolder))) {
    const file = await open(join(folder, packsFolder, name), 'r+');
    await file.sync().finally(() => file.close());
  }
}

async function lastUse(folder: string): Promise<number | undefined> {
  return stat(folder).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { createMarkerSearch, type Hit, type Searched } from './search-markers.ts';

const everything = {
  depth: Number.POSITIVE_INFINITY,
  showHidden: true,
  getters: true,
  maxArrayLength: null,
  maxStringLength: null,
} as const;

/** What came out of Plumbline, to be searched in the end. */
export class LeakRecord {
  readonly #said: { readonly where: string; readonly content: string | Uint8Array }[] = [];

  /** A text or bytes as they are; anything else as `util.inspect` shows it, to the bottom. */
  add(where: string, content: unknown): void {
    const isPlain = typeof content === 'string' || content instanceof Uint8Array;
    this.#said.push({ where, content: isPlain ? content : inspect(content, everything) });
    if (content instanceof Error) this.#said.push({ where: `${where}, its stack`, content: String(content.stack) });
  }

  /** Every file of a folder, unpacked, by its path. */
  async addFolder(where: string, folder: string): Promise<void> {
    const packs = new Set<string>();
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
      const path = join(entry.parentPath, entry.name);
      const shown = `${where}: ${path.slice(folder.length + 1)}`;
      this.add(`${where}: names`, path);
      if (!entry.isFile()) continue;
      const bytes = await readFile(path).catch(() => Buffer.alloc(0));
      this.add(shown, bytes);
      if (path.endsWith('.gz')) this.add(`${shown}, unpacked`, gunzipSync(bytes));
      if (path.endsWith('.pack')) packs.add(entry.parentPath);
    }
    for (const each of packs) this.add(`${where}: ${each.slice(folder.length + 1)}, unpacked`, await unpack(each));
  }

  /** Command line and environment of a process and all that it has started, as the system has them. */
  async addProcess(where: string, pid: number): Promise<void> {
    const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
    for (const file of ['cmdline', 'environ'])
      this.add(`${where}: ${file}`, await readFile(`/proc/${pid}/${file}`).catch(() => ''));
    for (const task of tasks) {
      const children = await readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '');
      for (const child of children.split(' ').filter((word) => word !== ''))
        await this.addProcess(where, Number(child));
    }
  }

  /** Looks for all markers in all of it. */
  search(markers: Parameters<typeof createMarkerSearch>[0]): {
    readonly hits: readonly Hit[];
    readonly searched: Searched;
  } {
    const { search, searched } = createMarkerSearch(markers);
    const hits = this.#said.flatMap(({ where, content }) => search(content, where));
    return { hits, searched: searched() };
  }
}

/** All objects of a folder of Git packs, each of which may build on those before it. */
async function unpack(packs: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'plumb-unpacked-'));
  const git = (...words: readonly string[]) =>
    promisify(execFile)('git', ['-C', folder, ...words], { encoding: 'buffer', maxBuffer: 1 << 28 });
  try {
    await git('init', '-q', '--bare');
    for (const name of (await readdir(packs)).filter((each) => each.endsWith('.pack')).sort()) {
      const unpacking = git('unpack-objects', '-q');
      unpacking.child.stdin?.end(await readFile(join(packs, name)));
      await unpacking;
    }
    return (await git('cat-file', '--batch-all-objects', '--batch')).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

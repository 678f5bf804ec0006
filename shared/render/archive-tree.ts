import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RenderError } from '../errors.ts';
import type { Commit } from '../model/revision.ts';
import type { CommitTree, TreeEntry } from '../ports.ts';

/** The files of a chart archive, seen as the tree of a commit, so that a chart is rendered alike wherever it comes from. */
export class ArchiveTree implements CommitTree {
  readonly repoURL: string;
  readonly commit: Commit;
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #entries: ReadonlyMap<string, TreeEntry>;

  constructor(repoURL: string, digest: string, files: ReadonlyMap<string, Uint8Array>) {
    this.repoURL = repoURL;
    this.commit = { sha: digest, author: '', subject: '', time: '' };
    this.#files = files;
    this.#entries = toEntries(files, digest);
  }

  async entryAt(path: string): Promise<TreeEntry | undefined> {
    return this.#entries.get(path);
  }

  async list(folder: string, { recurse = false }: { readonly recurse?: boolean } = {}): Promise<readonly TreeEntry[]> {
    const start = folder === '' ? '' : `${folder}/`;
    const below = [...this.#entries.values()].filter(({ path }) => path !== '' && path.startsWith(start));
    const listed = recurse ? below : below.filter(({ path }) => !path.slice(start.length).includes('/'));
    return listed.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async read(path: string): Promise<Uint8Array> {
    const content = this.#files.get(path);
    if (content === undefined)
      throw new RenderError('render-refused', `the chart has no file ${path}`, { object: path });
    return content;
  }

  async checkout(paths: readonly string[], folder: string): Promise<void> {
    const isWanted = (file: string): boolean =>
      paths.some((path) => path === '' || file === path || file.startsWith(`${path}/`));
    for (const [path, content] of this.#files) {
      if (!isWanted(path)) continue;
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
  }
}

function toEntries(files: ReadonlyMap<string, Uint8Array>, digest: string): ReadonlyMap<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>([['', { path: '', oid: digest, type: 'folder' }]]);
  for (const [path, content] of files) {
    for (const folder of foldersOf(path)) entries.set(folder, { path: folder, oid: digest, type: 'folder' });
    entries.set(path, { path, oid: createHash('sha256').update(content).digest('hex'), type: 'file' });
  }
  return entries;
}

function foldersOf(path: string): readonly string[] {
  const steps = path.split('/').slice(0, -1);
  return steps.map((_, index) => steps.slice(0, index + 1).join('/'));
}

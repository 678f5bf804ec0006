import { RenderError } from '../errors.ts';
import type { CommitTree, TreeEntry } from '../ports.ts';
import { locate } from './locate.ts';

/** More files than any one source needs; keeps the scratch folder small. */
const maxFiles = 20_000;

/**
 * The entries that have to be checked out so that the given ones can be read: themselves, and all that links in them lead to.
 * Sorted by path, so that equal inputs give equal keys. A link that leads nowhere is kept as it is.
 */
export async function closeOverLinks(tree: CommitTree, entries: readonly TreeEntry[]): Promise<readonly TreeEntry[]> {
  const found = new Map<string, TreeEntry>();
  const waiting = [...entries];
  let files = 0;
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (found.has(entry.path)) continue;
    found.set(entry.path, entry);
    const links =
      entry.type === 'folder' ? (await tree.list(entry.path, { recurse: true })).filter(countFile) : [entry];
    for (const link of links.filter(({ type }) => type === 'symlink')) waiting.push(...(await follow(tree, link)));
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));

  function countFile(entry: TreeEntry): boolean {
    files += 1;
    if (files <= maxFiles) return true;
    throw new RenderError('render-refused', `more than ${maxFiles} files would be needed, up to ${entry.path}`, {
      object: entry.path,
      hint: 'move the chart into a folder of its own',
    });
  }
}

/** What a key says of files: path and object id, nothing else. */
export function keyOfFiles(entries: readonly TreeEntry[]): readonly (readonly [string, string])[] {
  return entries.map(({ path, oid }) => [path, oid] as const);
}

async function follow(tree: CommitTree, link: TreeEntry): Promise<readonly TreeEntry[]> {
  const target = await locate(tree, link.path);
  return target === undefined ? [] : [...target.links.filter(({ path }) => path !== link.path), target.entry];
}

import { RenderError } from '../errors.ts';
import type { CommitTree, TreeEntry } from '../ports.ts';

/** What a path of a repository leads to, without a link left in `path`, and the links on the way. */
export type Located = { readonly path: string; readonly entry: TreeEntry; readonly links: readonly TreeEntry[] };

const maxLinks = 40;
const decoder = new TextDecoder();

/**
 * Follows a path through a commit as the file system would, step by step.
 * Undefined: nothing is there. A path or link that is absolute or leaves the repository is a RenderError `render-refused`.
 */
export async function locate(tree: CommitTree, path: string): Promise<Located | undefined> {
  if (path.startsWith('/')) throw refused(path, 'it is absolute');
  const links: TreeEntry[] = [];
  const waiting = stepsOf(path);
  let at: readonly string[] = [];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    if (name === '..') {
      at = parentOf(at, path);
      continue;
    }
    const entry = await tree.entryAt([...at, name].join('/'));
    if (entry === undefined) return undefined;
    if (entry.type === 'symlink') {
      links.push(entry);
      waiting.unshift(...(await readLink(tree, entry, links.length)));
    } else at = [...at, name];
  }
  const entry = await tree.entryAt(at.join('/'));
  return entry && { path: at.join('/'), entry, links };
}

async function readLink(tree: CommitTree, link: TreeEntry, count: number): Promise<readonly string[]> {
  const target = decoder.decode(await tree.read(link.path));
  if (count > maxLinks) throw refused(link.path, `it is the last of more than ${maxLinks} links in a row`);
  if (target.startsWith('/')) throw refused(link.path, `it is a link to the absolute path ${target}`);
  refuseEscape(link.path, target);
  return stepsOf(target);
}

function stepsOf(path: string): string[] {
  return path.split('/').filter((step) => step !== '' && step !== '.');
}

function parentOf(at: readonly string[], path: string): readonly string[] {
  if (at.length === 0) throw refused(path, 'it leaves the repository');
  return at.slice(0, -1);
}

/** Said of the link itself, so that a person finds it, rather than of the path that led to it. */
function refuseEscape(link: string, target: string): void {
  let depth = link.split('/').length - 1;
  for (const step of stepsOf(target)) {
    depth += step === '..' ? -1 : 1;
    if (depth < 0) throw refused(link, `it is a link that leaves the repository (${target})`);
  }
}

function refused(path: string, reason: string): RenderError {
  return new RenderError('render-refused', `the path ${path} is refused: ${reason}`, {
    object: path,
    hint: 'use a path inside the repository, relative to its place',
  });
}

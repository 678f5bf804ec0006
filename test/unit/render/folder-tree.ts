import { createHash } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GitError } from '../../../shared/errors.ts';
import type { Commit } from '../../../shared/model/revision.ts';
import type { CommitTree, GitHost, TreeEntry } from '../../../shared/ports.ts';

/** Files of a commit by path; a link is an object with its target. */
export type TestFiles = { readonly [path: string]: string | Uint8Array | { readonly link: string } };

type Entry = TreeEntry & { readonly content?: string | Uint8Array };

/** A commit that is held in memory, with object ids that change as Git's do. */
export function folderTree(
  files: TestFiles,
  repoURL = 'https://git.example/team/app',
  sha: string = shaOf(JSON.stringify(files)),
): CommitTree {
  const entries = toEntries(files);
  const existing = (path: string): Entry => {
    const entry = entries.get(trim(path));
    if (entry === undefined) throw new GitError('git-path-unknown', `there is no ${path}`);
    return entry;
  };
  const below = (folder: string): readonly Entry[] =>
    [...entries.values()].filter(({ path }) => path !== '' && (folder === '' || path.startsWith(`${folder}/`)));
  return {
    repoURL,
    commit: { sha, author: 'Ann', subject: 'change', time: '2026-01-01T00:00:00Z' } satisfies Commit,
    entryAt: async (path) => entries.get(trim(path)),
    list: async (folder, options = {}) => {
      const { path } = existing(folder);
      const start = path === '' ? 0 : path.length + 1;
      const found = below(path).filter((entry) => options.recurse === true || !entry.path.slice(start).includes('/'));
      return found.sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    read: async (path) => Buffer.from(existing(path).content ?? ''),
    checkout: async (paths, folder) => {
      const wanted = paths.map(existing).flatMap((entry) => (entry.type === 'folder' ? below(entry.path) : [entry]));
      for (const entry of new Map(wanted.map((each) => [each.path, each])).values()) await write(entry, folder);
    },
  };
}

/** A Git host with these commits, by repository and SHA. Opens are counted. */
export function treeHost(trees: readonly CommitTree[]): GitHost & { readonly opened: string[] } {
  const opened: string[] = [];
  return {
    opened,
    listRefs: async () => [],
    openCommit: async (repoURL, { sha }) => {
      opened.push(`${repoURL} ${sha}`);
      const tree = trees.find((each) => each.repoURL === repoURL && each.commit.sha === sha);
      if (tree === undefined) throw new GitError('git-revision-unknown', `no commit ${sha} in ${repoURL}`);
      return tree;
    },
  };
}

async function write({ path, type, content = '' }: Entry, folder: string): Promise<void> {
  if (type === 'folder') return;
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  if (type === 'symlink') await symlink(String(content), target);
  else await writeFile(target, content);
}

function toEntries(files: TestFiles): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const [path, file] of Object.entries(files)) {
    const isLink = typeof file === 'object' && 'link' in file;
    const content = isLink ? file.link : file;
    entries.set(path, { path, type: isLink ? 'symlink' : 'file', oid: shaOf(content), content });
  }
  for (const folder of new Set(Object.keys(files).flatMap(parents))) {
    const inside = [...entries.values()].filter(
      ({ path, type }) => type !== 'folder' && path.startsWith(folder === '' ? '' : `${folder}/`),
    );
    entries.set(folder, {
      path: folder,
      type: 'folder',
      oid: shaOf(
        inside
          .map(({ path, oid }) => `${path} ${oid}`)
          .sort()
          .join('\n'),
      ),
    });
  }
  return entries;
}

function parents(path: string): readonly string[] {
  const steps = path.split('/').slice(0, -1);
  return ['', ...steps.map((_, index) => steps.slice(0, index + 1).join('/'))];
}

function trim(path: string): string {
  return path
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .join('/');
}

function shaOf(content: string | Uint8Array): string {
  return createHash('sha1').update(content).digest('hex');
}

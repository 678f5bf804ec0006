import { posix } from 'node:path';
import { RenderError } from '../errors.ts';
import type { HelmOptions } from '../model/application.ts';
import type { CommitTree } from '../ports.ts';
import { type BuildEnvironment, substituteVariables } from './build-environment.ts';
import { compileGlob, isGlob } from './glob.ts';
import { type Located, locate } from './locate.ts';

/** Where a chart lies, and what its options may name besides. */
export type ChartPlace = {
  readonly chart: { readonly tree: CommitTree; readonly folder: string };
  readonly refs: ReadonlyMap<string, CommitTree>;
  readonly environment: BuildEnvironment;
};

/** One file that helm gets, in the tree that it comes from. */
export type HelmFile = { readonly tree: CommitTree; readonly path: string; readonly found: Located };

type Address = { readonly tree: CommitTree; readonly path: string; readonly written: string };

/**
 * The value files in the order that helm gets them. A glob is expanded where it stands, in lexical order; what is also named
 * plainly stays only there. A missing file is a RenderError, unless the options say to ignore it.
 */
export async function resolveValueFiles(options: HelmOptions, place: ChartPlace): Promise<readonly HelmFile[]> {
  const addresses = options.valueFiles.map((written) => toAddress(written, place));
  const plain = new Set(addresses.filter(({ path }) => !isGlob(path)).map(keyOf));
  const taken = new Set<string>();
  const files: HelmFile[] = [];
  for (const address of addresses) {
    const isPattern = isGlob(address.path);
    const found = isPattern
      ? await expandGlob(address)
      : [await findFile(address)].filter((file) => file !== undefined);
    if (found.length === 0 && !options.ignoreMissingValueFiles) throw missing('value file', address);
    const kept = isPattern ? found.filter((file) => !plain.has(keyOf(file)) && !taken.has(keyOf(file))) : found;
    for (const file of kept) taken.add(keyOf(file));
    files.push(...kept);
  }
  return files;
}

/** The file of a file parameter. */
export async function resolveFileParameter(written: string, place: ChartPlace): Promise<HelmFile> {
  const address = toAddress(written, place);
  const file = await findFile(address);
  if (file === undefined) throw missing('file parameter', address);
  return file;
}

/** `$ref/` leads to the root of another source, a leading slash to the root of this one. */
function toAddress(written: string, { chart, refs, environment }: ChartPlace): Address {
  const [, name = '', rest = ''] = /^\$([\w-]+)\/(.*)$/s.exec(written) ?? [];
  const tree = refs.get(name);
  if (tree !== undefined) return { tree, path: toPath(substituteVariables(rest, environment), written), written };
  const path = substituteVariables(written, environment);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) throw remote(written);
  const fromRoot = path.startsWith('/') ? path.slice(1) : `${chart.folder === '' ? '.' : chart.folder}/${path}`;
  return { tree: chart.tree, path: toPath(fromRoot, written), written };
}

function toPath(path: string, written: string): string {
  const normal = posix.normalize(path).replace(/^\/+/, '');
  if (normal !== '..' && !normal.startsWith('../')) return normal;
  throw refused(written, `${written} leaves the repository`);
}

async function findFile({ tree, path }: Address): Promise<HelmFile | undefined> {
  const found = await locate(tree, path);
  return found?.entry.type === 'file' ? { tree, path, found } : undefined;
}

async function expandGlob(address: Address): Promise<readonly HelmFile[]> {
  const { tree, path } = address;
  const steps = path.split('/');
  const base = steps.slice(0, steps.findIndex(isGlob)).join('/');
  const found = await locate(tree, base);
  if (found?.entry.type !== 'folder') return [];
  const isMatch = compileGlob(path, { separator: '/' });
  const below = await tree.list(found.path, { recurse: true });
  const candidates = below.map((entry) => posix.join(base, posix.relative(found.path, entry.path))).filter(isMatch);
  const files = await Promise.all(candidates.map((candidate) => findFile({ ...address, path: candidate })));
  return files.filter((file) => file !== undefined);
}

function keyOf({ tree, path }: { readonly tree: CommitTree; readonly path: string }): string {
  return `${tree.repoURL} ${tree.commit.sha} ${path}`;
}

function missing(what: string, { written, path, tree }: Address): RenderError {
  const place = path === written ? '' : ` (${path} of ${tree.repoURL})`;
  return new RenderError('render-refused', `the ${what} ${written}${place} does not exist`, {
    object: written,
    hint:
      what === 'value file' ? 'correct helm.valueFiles, or set ignoreMissingValueFiles' : 'correct helm.fileParameters',
  });
}

function remote(written: string): RenderError {
  return refused(written, `${written} is a URL; value files come from Git`);
}

function refused(written: string, reason: string): RenderError {
  return new RenderError('render-refused', `helm: ${reason}`, {
    object: written,
    hint: 'put the file into a repository, and name it by path or as $ref/path',
  });
}

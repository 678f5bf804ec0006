import { RenderError } from '../errors.ts';
import type { DirectoryOptions } from '../model/application.ts';
import type { Manifest } from '../model/manifest.ts';
import type { CommitTree, TreeEntry } from '../ports.ts';
import { compileGlob } from './glob.ts';
import { keyOfFiles } from './input-files.ts';
import { locate } from './locate.ts';
import { readManifestFile } from './read-manifest-file.ts';
import type { PreparedPart, RenderedPart } from './render-request.ts';

type DirectoryInput = { readonly tree: CommitTree; readonly folder: string; readonly options: DirectoryOptions };
/** `path` from the repository's root, links followed; `shown` as it is written, from the source's folder. */
type InputFile = { readonly shown: string; readonly path: string; readonly oid: string };

const maxBytes = 10_000_000;

/** Chooses a folder's manifest files by Argo CD's rules; they are read when it is rendered, without any tool. */
export async function prepareDirectory({ tree, folder, options }: DirectoryInput): Promise<PreparedPart> {
  const entries = await tree.list(folder, { recurse: options.recurse });
  const isWanted = fileFilter(options);
  const start = folder === '' ? 0 : folder.length + 1;
  const wanted = entries.filter(
    ({ type, path }) => (type === 'file' || type === 'symlink') && isWanted(path.slice(start)),
  );
  const warnings: string[] = [];
  const files: InputFile[] = [];
  for (const entry of wanted) {
    const target = await targetOf(tree, entry);
    if (target === undefined) warnings.push(`${entry.path} is skipped: it is a link that leads to no file`);
    else files.push({ shown: entry.path.slice(start), ...target });
  }
  files.forEach(refuseJsonnet);
  return {
    key: { tool: 'directory', files: keyOfFiles(files.map(({ shown, oid }) => ({ path: shown, oid, type: 'file' }))) },
    render: () => readFiles(tree, files, warnings),
  };
}

function fileFilter({ include, exclude, disableExtensionFilter }: DirectoryOptions): (path: string) => boolean {
  const isExcluded = exclude === undefined || exclude === '' ? () => false : compileGlob(exclude);
  const isIncluded = include === undefined || include === '' ? () => true : compileGlob(include);
  const hasExtension = disableExtensionFilter ? () => true : (path: string) => /\.(?:ya?ml|json|jsonnet)$/.test(path);
  const isOverride = (path: string): boolean => /(?:^|\/)\.argocd-source(?:-[^/]*)?\.yaml$/.test(path);
  return (path) => hasExtension(path) && !isOverride(path) && !isExcluded(path) && isIncluded(path);
}

async function targetOf(
  tree: CommitTree,
  entry: TreeEntry,
): Promise<{ readonly path: string; readonly oid: string } | undefined> {
  if (entry.type === 'file') return entry;
  const target = await locate(tree, entry.path);
  return target?.entry.type === 'file' ? target.entry : undefined;
}

function refuseJsonnet({ shown, path }: InputFile): void {
  if (!shown.endsWith('.jsonnet')) return;
  throw new RenderError('render-refused', `${path}: jsonnet is not supported`, {
    object: path,
    hint: 'render it in CI and commit the manifests, or leave it out with directory.exclude',
  });
}

async function readFiles(
  tree: CommitTree,
  files: readonly InputFile[],
  before: readonly string[],
): Promise<RenderedPart> {
  const manifests: Manifest[] = [];
  const warnings = [...before];
  let bytes = 0;
  for (const { path } of files) {
    const content = await tree.read(path);
    bytes += content.length;
    if (bytes > maxBytes) throw tooLarge(path);
    const read = readManifestFile(path, content);
    manifests.push(...read.manifests);
    warnings.push(...read.warnings);
  }
  return { manifests, warnings };
}

function tooLarge(path: string): RenderError {
  return new RenderError(
    'render-refused',
    `the manifest files of the folder are larger than 10 MB together, up to ${path}`,
    {
      object: path,
      hint: 'leave other files out with directory.exclude, or split the application',
    },
  );
}

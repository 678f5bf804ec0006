import { RenderError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import { parseYaml, parseYamlDocuments } from '../model/yaml.ts';
import type { CommitTree, TreeEntry } from '../ports.ts';
import { kustomizationNames } from './detect-tool.ts';
import { isRemote, type Reference, referencesIn, referencesInPlugin } from './kustomization-references.ts';
import { type Located, locate } from './locate.ts';

type Walk = { readonly tree: CommitTree; readonly entries: Map<string, TreeEntry>; readonly folders: Set<string> };
type Place = { readonly folder: string; readonly file: string };

/**
 * All files that kustomize may read for one folder, sorted by path: follows everything that the kustomization of a folder names, and what that names in turn, inside the repository.
 * `edited` takes the place of the folder's own kustomization. Remote and missing files are RenderErrors that name the field.
 */
export async function collectKustomizeInputs(
  tree: CommitTree,
  folder: string,
  edited?: JsonObject,
): Promise<readonly TreeEntry[]> {
  const walk: Walk = { tree, entries: new Map(), folders: new Set() };
  await visitFolder(walk, folder, edited);
  return [...walk.entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The kustomization of a folder: its path as it is written, and what it says. Undefined: the folder has none. */
export async function readKustomization(
  tree: CommitTree,
  folder: string,
): Promise<{ readonly file: string; readonly found: Located; readonly content: JsonObject } | undefined> {
  for (const name of kustomizationNames) {
    const file = folder === '' ? name : `${folder}/${name}`;
    const found = await locate(tree, file);
    if (found?.entry.type !== 'file') continue;
    const content = parseYaml(await readText(tree, found.path), file);
    if (isJsonObject(content) || content === null) return { file, found, content: content ?? {} };
    throw refused(file, 'a mapping is wanted');
  }
  return undefined;
}

async function visitFolder(walk: Walk, folder: string, edited?: JsonObject): Promise<void> {
  if (walk.folders.has(folder)) return;
  walk.folders.add(folder);
  const read = await readKustomization(walk.tree, folder);
  if (read === undefined) throw refused(folder, `the folder has none of ${kustomizationNames.join(', ')}`);
  add(walk, read.found);
  for (const reference of referencesIn(edited ?? read.content, read.file)) {
    await visitReference(walk, { folder, file: read.file }, reference);
  }
}

async function visitReference(walk: Walk, place: Place, reference: Reference): Promise<void> {
  const found = await find(walk.tree, place, reference);
  if (found === undefined) {
    if (canBeInline(reference)) await visitPlugin(walk, place, reference);
    else throw missing(place, reference);
    return;
  }
  add(walk, found);
  if (found.entry.type === 'folder') {
    await visitFolder(walk, found.path);
  } else if (reference.as === 'plugin')
    await visitPlugin(walk, place, { ...reference, target: await readText(walk.tree, found.path) });
}

async function find(
  tree: CommitTree,
  { folder, file }: Place,
  { field, target }: Reference,
): Promise<Located | undefined> {
  if (target.includes('\n')) return undefined;
  if (target.startsWith('/')) throw refused(file, `${field} names the absolute path ${target}`);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return undefined;
  return locate(tree, folder === '' ? target : `${folder}/${target}`);
}

function canBeInline({ as, target }: Reference): boolean {
  return (as === 'inline' || as === 'plugin') && /[\n{]|:\s/.test(target) && !isRemote(target);
}

/** Files that a generator or transformer names in its own configuration. */
async function visitPlugin(walk: Walk, place: Place, { field, target, as }: Reference): Promise<void> {
  if (as !== 'plugin') return;
  const named = parseYamlDocuments(target, `${place.file}: ${field}`).flatMap(({ value }) => referencesInPlugin(value));
  for (const path of named) {
    const found = await find(walk.tree, place, { field, target: path, as: 'file' });
    if (found?.entry.type === 'file') add(walk, found);
  }
}

/** Of a folder only the files that its kustomization names are read. */
function add(walk: Walk, { path, entry, links }: Located): void {
  if (entry.type !== 'folder') walk.entries.set(path, entry);
  for (const link of links) walk.entries.set(link.path, link);
}

async function readText(tree: CommitTree, path: string): Promise<string> {
  return new TextDecoder().decode(await tree.read(path));
}

function missing({ file }: Place, { field, target }: Reference): RenderError {
  if (!isRemote(target)) return refused(file, `${field} names ${target}, which is not in the repository`);
  return refused(
    file,
    `${field} names ${target}, which lies outside the repository`,
    'copy it into the repository; nothing is fetched while rendering',
  );
}

function refused(file: string, reason: string, hint = 'correct the kustomization'): RenderError {
  return new RenderError('render-refused', `${file}: ${reason}`, { object: file, hint });
}

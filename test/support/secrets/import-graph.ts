import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const source = /(?:^|\n)(?:import|export)\s[^;'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

/** A source file: its path from the root, its text, and the sources of this repository that it loads when it runs. */
export type SourceFile = { readonly path: string; readonly text: string; readonly imports: readonly string[] };

/** All sources of some folders, by path. */
export function readSources(folders: readonly string[]): ReadonlyMap<string, SourceFile> {
  const paths = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }));
  return new Map(paths.map((path) => [path, readSource(path)]));
}

/** Every file that is loaded when one of these is, themselves among them. */
export function closureOf(entries: readonly string[], sources: ReadonlyMap<string, SourceFile>): ReadonlySet<string> {
  const reached = new Set(entries);
  // A Set goes on with what is added to it meanwhile.
  for (const path of reached) for (const next of sources.get(path)?.imports ?? []) reached.add(next);
  return reached;
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const specifiers = [...text.matchAll(source)]
    .filter(([statement]) => !/^\s*(?:import|export) type\s/.test(statement))
    .map(([, named, dynamic]) => named ?? dynamic ?? '');
  const local = specifiers.filter((specifier) => specifier.startsWith('.'));
  return { path, text, imports: local.map((specifier) => relative('', join(dirname(path), specifier))) };
}

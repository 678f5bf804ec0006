import { GitError, messageOf, PlumbError } from '../shared/errors.ts';
import type { Manifest } from '../shared/model/manifest.ts';
import type { Declarations, Rejected } from '../shared/model/registry.ts';
import type { Reporter } from '../shared/ports.ts';
import { addChildren } from '../shared/registry/add-children.ts';
import type { DeclarationsWithWarnings } from '../shared/registry/declare.ts';
import { parseControl } from '../shared/registry/parse-control.ts';
import type { GlobalOptions } from './global-options.ts';
import { readManifestFiles, type TextFile } from './manifest-files.ts';
import type { Session } from './session.ts';

/** What loading needs of a session; warnings go to `progress`. */
export type Loading = Pick<Session, 'options' | 'shell' | 'ports'> & { readonly progress: Reporter };

type Declared = { readonly manifest: Manifest; readonly origin: string };

/** True when the options say where applications are declared. */
export function hasDeclarations({ filename, control }: GlobalOptions): boolean {
  return filename !== undefined || control !== undefined;
}

/** All that the options declare, read anew; what cannot be used is told as a warning, and the others go on. */
export async function loadDeclarations(session: Loading): Promise<Declarations> {
  const { loadRegistry } = await import('../shared/state/registry.ts');
  const read = await readDeclarations(session);
  for (const message of read.warnings) session.progress.report({ type: 'notice', level: 'warning', message });
  const registry = await loadRegistry(session.ports().store);
  const unreadable = registry.unreadable.map(({ key, error }): Rejected => ({ name: key, origin: key, error }));
  const children = addChildren(read, registry);
  const declarations = { ...children, rejected: [...children.rejected, ...unreadable] };
  for (const { origin, error } of declarations.rejected) {
    const hint = error instanceof PlumbError && error.hint !== undefined ? ` (${error.hint})` : '';
    const message = messageOf(error);
    const place = message.includes(origin) ? '' : `${origin}: `;
    session.progress.report({ type: 'notice', level: 'warning', message: `left out: ${place}${message}${hint}` });
  }
  return declarations;
}

/**
 * The same where the options say anything; undefined, with a warning, while Git cannot be read: then the store has to do.
 * For commands that are needed most when Git is away.
 */
export async function loadDeclarationsIfThere(session: Loading): Promise<Declarations | undefined> {
  if (!hasDeclarations(session.options)) return undefined;
  try {
    return await loadDeclarations(session);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const message = `declarations cannot be read, so what the store knows counts: ${error.message}`;
    session.progress.report({ type: 'notice', level: 'warning', message });
    return undefined;
  }
}

async function readDeclarations(session: Loading): Promise<DeclarationsWithWarnings> {
  const { filename, control } = session.options;
  if (control !== undefined && filename !== undefined) {
    throw new PlumbError('usage', '--filename and --control were both given', {
      hint: 'declare the applications in one of the two places',
    });
  }
  if (control !== undefined) return readControl(control, session);
  if (filename !== undefined) return readFiles(filename, session);
  throw new PlumbError('usage', 'nothing says where applications are declared', {
    hint: 'give -f FILE, -f FOLDER or --control URL, or set PLUMB_FILENAME or PLUMB_CONTROL',
  });
}

async function readControl(control: string, session: Loading): Promise<DeclarationsWithWarnings> {
  const place = parseControl(control);
  const { declareFromGit } = await import('../shared/workflows/serve/declare.ts');
  return declareFromGit(place, session.ports());
}

async function readFiles(paths: readonly string[], session: Loading): Promise<DeclarationsWithWarnings> {
  const { declare } = await import('../shared/registry/declare.ts');
  const parsed = await Promise.all((await readManifestFiles(paths, session.shell)).map(parseFile));
  const declarations = declare(parsed.flatMap(({ declared }) => declared));
  return { ...declarations, rejected: [...declarations.rejected, ...parsed.flatMap(({ rejected }) => rejected)] };
}

async function parseFile({
  file,
  text,
}: TextFile): Promise<{ readonly declared: readonly Declared[]; readonly rejected: readonly Rejected[] }> {
  const { readManifests } = await import('../shared/model/yaml.ts');
  const { manifests, failure } = readManifests(text, file);
  return {
    declared: manifests.map((manifest) => ({ manifest, origin: file })),
    rejected: failure === undefined ? [] : [{ name: file, origin: file, error: failure }],
  };
}

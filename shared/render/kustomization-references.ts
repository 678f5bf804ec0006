import { RenderError } from '../errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';

/**
 * Something that a kustomization reads. `file` and `entry` must exist (an entry may be a folder); `inline` may also be YAML
 * text; `plugin` is an entry or YAML text whose own fields may name more files.
 */
export type Reference = { readonly field: string; readonly target: string; readonly as: ReferenceKind };
export type ReferenceKind = 'entry' | 'file' | 'inline' | 'plugin';

/** Fields that hold a list of references themselves. */
const lists: readonly (readonly [field: string, as: ReferenceKind])[] = [
  ['resources', 'entry'],
  ['bases', 'entry'],
  ['components', 'entry'],
  ['crds', 'file'],
  ['configurations', 'file'],
  ['patchesStrategicMerge', 'inline'],
  ['generators', 'plugin'],
  ['transformers', 'plugin'],
  ['validators', 'plugin'],
];

/** Fields that hold a list of objects with references in these members. */
const members: readonly (readonly [field: string, member: string, as: ReferenceKind])[] = [
  ['patches', 'path', 'file'],
  ['patchesJson6902', 'path', 'file'],
  ['replacements', 'path', 'file'],
  ['configMapGenerator', 'files', 'file'],
  ['configMapGenerator', 'envs', 'file'],
  ['configMapGenerator', 'env', 'file'],
  ['secretGenerator', 'files', 'file'],
  ['secretGenerator', 'envs', 'file'],
  ['secretGenerator', 'env', 'file'],
];

const helmFields = ['helmCharts', 'helmChartInflationGenerator', 'helmGlobals'] as const;

/** All that a kustomization names. Helm charts in it are a RenderError `render-refused`. */
export function referencesIn(kustomization: JsonObject, file: string): readonly Reference[] {
  for (const field of helmFields) if (kustomization[field] !== undefined) throw helmRefused(file, field);
  const listed = lists.flatMap(([field, as]) => texts(kustomization[field]).map((target) => ({ field, target, as })));
  const nested = members.flatMap(([field, member, as]) =>
    objects(kustomization[field]).flatMap((item) =>
      texts(item[member]).map((target) => ({
        field: `${field}.${member}`,
        target: withoutFileKey(member, target),
        as,
      })),
    ),
  );
  const { openapi } = kustomization;
  const schema = isJsonObject(openapi) ? texts(openapi['path']) : [];
  return [...listed, ...nested, ...schema.map((target) => ({ field: 'openapi.path', target, as: 'file' as const }))];
}

/** What the configuration of a built-in generator or transformer may name; not all of it has to be files. */
export function referencesInPlugin(plugin: Json): readonly string[] {
  if (!isJsonObject(plugin)) return [];
  const own = ['path', 'paths', 'files', 'envs', 'env'].flatMap((member) =>
    texts(plugin[member]).map((target) => withoutFileKey(member, target)),
  );
  return [...own, ...objects(plugin['replacements']).flatMap(({ path }) => texts(path))];
}

/** True for what kustomize would fetch from elsewhere: a URL, `git@host:…`, `github.com/…`. */
export function isRemote(target: string): boolean {
  return /^[a-z][a-z0-9+.-]*::?\/\/|^git::|^[\w.-]+@[\w.-]+:|^[\w-]+(?:\.[\w-]+)+\/[^/]+\/[^/]+|[?&](?:ref|version)=/i.test(
    target,
  );
}

/** `files` may give the key in front: `settings.ini=conf/prod.ini`. */
function withoutFileKey(member: string, target: string): string {
  return member === 'files' ? target.slice(target.indexOf('=') + 1) : target;
}

function texts(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function helmRefused(file: string, field: string): RenderError {
  return new RenderError('render-refused', `${file}: ${field} is refused: kustomize may not run helm`, {
    object: file,
    hint: 'give the Application a second source for the chart',
  });
}

import { RenderError } from '../errors.ts';
import type { KustomizeOptions } from '../model/application.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import type { StringMap } from '../model/manifest.ts';
import { type BuildEnvironment, substituteVariables } from './build-environment.ts';

type Edit = (kustomization: JsonObject, options: KustomizeOptions, environment: BuildEnvironment) => JsonObject;

/** One edit an option, in the order in which Argo CD calls `kustomize edit`. */
const edits: readonly Edit[] = [
  (kustomization, { namePrefix }) => (namePrefix ? { ...kustomization, namePrefix } : kustomization),
  (kustomization, { nameSuffix }) => (nameSuffix ? { ...kustomization, nameSuffix } : kustomization),
  (kustomization, { images }) => withNamed(kustomization, 'images', images.map(parseImage)),
  (kustomization, { replicas }) => withNamed(kustomization, 'replicas', replicas),
  (kustomization, options) => withLabels(kustomization, options),
  (kustomization, options, environment) => withAnnotations(kustomization, options, environment),
  (kustomization, { namespace }) => (namespace ? { ...kustomization, namespace } : kustomization),
  (kustomization, { patches }) => withAdded(kustomization, 'patches', patches),
  (kustomization, { components }) =>
    withAdded(kustomization, 'components', newIn(kustomization['components'], components)),
];

/**
 * The kustomization with an Application's overrides written into it, as `kustomize edit` would.
 * A label or annotation that it has already is a RenderError, unless the Application forces it.
 */
export function editKustomization(
  kustomization: JsonObject,
  options: KustomizeOptions,
  environment: BuildEnvironment,
): JsonObject {
  return edits.reduce((edited, edit) => edit(edited, options, environment), kustomization);
}

/** True when the options change nothing. */
export function isUnedited(options: KustomizeOptions): boolean {
  const probe = editKustomization({}, options, {});
  return Object.keys(probe).length === 0;
}

/** Reads `[old=]new[:tag|@digest]`: with an old name it also gives the new one, else only tag or digest. */
export function parseImage(text: string): { readonly name: string; readonly [field: string]: string } {
  const parts = text.split('=');
  const [name = '', target = ''] = parts.length === 2 ? parts : [undefined, text];
  const { image, ...version } = splitImage(target);
  if (parts.length === 2) return { name, newName: image, ...version };
  if (Object.keys(version).length === 0) {
    throw refused(`kustomize.images: "${text}" has neither a new name nor a tag or digest`);
  }
  return { name: image, ...version };
}

function splitImage(text: string): { readonly image: string; readonly newTag?: string; readonly digest?: string } {
  const [image = '', digest] = text.split('@');
  if (digest !== undefined) return { image, digest };
  const [, tagged, newTag] = /^(.*):([a-zA-Z0-9._-]*|\*)$/.exec(text) ?? [];
  return tagged === undefined || newTag === undefined ? { image: text } : { image: tagged, newTag };
}

/** New entries take the place of those of the same name; a `*` keeps what was there. Sorted by name, as kustomize does. */
function withNamed(kustomization: JsonObject, field: string, added: readonly JsonObject[]): JsonObject {
  if (added.length === 0) return kustomization;
  const byName = new Map(
    listOf(kustomization[field])
      .filter(isJsonObject)
      .map((item) => [String(item['name']), item]),
  );
  for (const item of added) {
    const name = String(item['name']);
    byName.set(name, withoutStars(item, byName.get(name) ?? {}));
  }
  const sorted = [...byName.keys()].sort().map((name) => byName.get(name) as JsonObject);
  return { ...kustomization, [field]: sorted };
}

function withoutStars(item: JsonObject, before: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(item).map(([key, value]) => [key, value === '*' ? before[key] : value]));
}

function withLabels(kustomization: JsonObject, options: KustomizeOptions): JsonObject {
  const {
    commonLabels,
    forceCommonLabels: isForced,
    labelWithoutSelector,
    labelIncludeTemplates: includeTemplates,
  } = options;
  if (Object.keys(commonLabels).length === 0) return kustomization;
  if (!labelWithoutSelector) return withPairs(kustomization, 'commonLabels', { pairs: commonLabels, isForced });
  const labels = listOf(kustomization['labels']).filter(isJsonObject);
  const at = labels.findIndex(
    (label) => !label['includeSelectors'] && Boolean(label['includeTemplates']) === includeTemplates,
  );
  const label = labels[at] ?? { includeSelectors: false, includeTemplates };
  const edited = withPairs(label, 'pairs', { pairs: commonLabels, isForced });
  return { ...kustomization, labels: at === -1 ? [...labels, edited] : labels.with(at, edited) };
}

function withAnnotations(
  kustomization: JsonObject,
  options: KustomizeOptions,
  environment: BuildEnvironment,
): JsonObject {
  const { commonAnnotations, forceCommonAnnotations: isForced, commonAnnotationsEnvsubst } = options;
  if (Object.keys(commonAnnotations).length === 0) return kustomization;
  const substitute = (text: string): string =>
    commonAnnotationsEnvsubst ? substituteVariables(text, environment) : text;
  const pairs = Object.fromEntries(Object.entries(commonAnnotations).map(([key, value]) => [key, substitute(value)]));
  return withPairs(kustomization, 'commonAnnotations', { pairs, isForced });
}

function withPairs(
  owner: JsonObject,
  field: string,
  { pairs, isForced }: { readonly pairs: StringMap; readonly isForced: boolean },
): JsonObject {
  const before = isJsonObject(owner[field]) ? owner[field] : {};
  const taken = Object.keys(pairs).find((key) => Object.hasOwn(before, key));
  if (taken !== undefined && !isForced) {
    throw refused(
      `kustomize: ${field} of the kustomization has "${taken}" already; force it, or take one of the two out`,
    );
  }
  return { ...owner, [field]: { ...before, ...pairs } };
}

function withAdded(kustomization: JsonObject, field: string, added: readonly Json[]): JsonObject {
  return added.length === 0
    ? kustomization
    : { ...kustomization, [field]: [...listOf(kustomization[field]), ...added] };
}

function newIn(list: Json | undefined, added: readonly string[]): readonly string[] {
  const before = listOf(list);
  return added.filter((item) => !before.includes(item));
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function refused(message: string): RenderError {
  return new RenderError('render-refused', message, { hint: "correct the source's kustomize options" });
}

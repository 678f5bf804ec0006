import { RenderError } from '../errors.ts';
import type { DirectoryOptions, HelmOptions, KustomizeOptions, Source } from '../model/application.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import { type Tool, tools } from './detect-tool.ts';

/** Helm's options where an Application says nothing. */
export const noHelmOptions: HelmOptions = {
  valueFiles: [],
  parameters: [],
  fileParameters: [],
  ignoreMissingValueFiles: false,
  skipCrds: false,
  skipTests: false,
  skipSchemaValidation: false,
  passCredentials: false,
  apiVersions: [],
};

/** Kustomize's options where an Application says nothing. */
export const noKustomizeOptions: KustomizeOptions = {
  images: [],
  replicas: [],
  commonLabels: {},
  labelWithoutSelector: false,
  labelIncludeTemplates: false,
  forceCommonLabels: false,
  commonAnnotations: {},
  forceCommonAnnotations: false,
  commonAnnotationsEnvsubst: false,
  patches: [],
  components: [],
  ignoreMissingComponents: false,
  apiVersions: [],
};

/** A directory's options where an Application says nothing. */
export const noDirectoryOptions: DirectoryOptions = { recurse: false, disableExtensionFilter: false };

const defaults: { readonly [tool in Tool]: JsonObject } = {
  helm: noHelmOptions,
  kustomize: noKustomizeOptions,
  directory: noDirectoryOptions,
};

const kinds: readonly (readonly [name: string, isKind: (value: Json | undefined) => boolean])[] = [
  ['a list', Array.isArray],
  ['a mapping', isJsonObject],
  ['true or false', (value) => typeof value === 'boolean'],
  ['text', (value) => typeof value === 'string'],
];

/**
 * The source with a JSON merge patch over its tool options, as `.argocd-source.yaml` gives it; a null takes an option away.
 * Repository, path, chart and revision stay as they are. An option of another type is a RenderError `render-refused`.
 */
export function overrideSource(source: Source, patch: Json, file: string): Source {
  if (patch === null) return source;
  if (!isJsonObject(patch)) throw unusable(file, 'a mapping of tool options is wanted');
  return tools.reduce((merged, tool) => overrideTool(merged, { tool, patch: patch[tool], file }), source);
}

function overrideTool(
  source: Source,
  { tool, patch, file }: { tool: Tool; patch: Json | undefined; file: string },
): Source {
  if (patch === undefined) return source;
  if (!isJsonObject(patch)) throw unusable(file, `${tool} must be a mapping`);
  const merged = mergePatch((source[tool] ?? {}) as JsonObject, patch) as JsonObject;
  const options = { ...defaults[tool], ...withItemDefaults(merged) };
  for (const [field, value] of Object.entries(options))
    refuseOtherType(`${tool}.${field}`, { value, like: likeOf(tool, field), file });
  return { ...source, [tool]: options };
}

function likeOf(tool: Tool, field: string): Json {
  return field === 'valuesObject' ? {} : (defaults[tool][field] ?? '');
}

function refuseOtherType(
  field: string,
  { value, like, file }: { value: Json | undefined; like: Json; file: string },
): void {
  const [wanted, isKind] = kinds.find(([, isLike]) => isLike(like)) ?? ['text', () => false];
  if (!isKind(value)) throw unusable(file, `${field} must be ${wanted}`);
}

/** Parameters may leave out what has a default, and a count may be written as text. */
function withItemDefaults(options: JsonObject): JsonObject {
  const { parameters, replicas } = options;
  return {
    ...options,
    ...(Array.isArray(parameters)
      ? { parameters: parameters.map((item) => ({ value: '', forceString: false, ...(item as JsonObject) })) }
      : {}),
    ...(Array.isArray(replicas)
      ? {
          replicas: replicas.map((item) => ({ ...(item as JsonObject), count: Number((item as JsonObject)['count']) })),
        }
      : {}),
  };
}

function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const merged: Record<string, Json | undefined> = isJsonObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || value === undefined) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

function unusable(file: string, reason: string): RenderError {
  return new RenderError('render-refused', `${file}: ${reason}`, {
    object: file,
    hint: 'correct the file, or remove it',
  });
}

import * as z from 'zod';
import type { HelmOptions, KustomizeOptions, Source } from '../model/application.ts';
import type { JsonObject } from '../model/json.ts';
import { ignored, refused, stringMap } from './read-shape.ts';

const flag = z.boolean().default(false);
const texts = z.array(z.string()).default([]);
const anyObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject>;

const helm: z.ZodType<HelmOptions> = z
  .object({
    releaseName: z.string().exactOptional(),
    valueFiles: texts,
    values: z.string().exactOptional(),
    valuesObject: anyObject.exactOptional(),
    parameters: z
      .array(z.object({ name: z.string().default(''), value: z.string().default(''), forceString: flag }))
      .default([]),
    fileParameters: z.array(z.object({ name: z.string().default(''), path: z.string().default('') })).default([]),
    ignoreMissingValueFiles: flag,
    skipCrds: flag,
    skipTests: flag,
    skipSchemaValidation: flag,
    passCredentials: flag,
    namespace: z.string().exactOptional(),
    kubeVersion: z.string().exactOptional(),
    apiVersions: texts,
    // Argo CD takes it and does nothing with it, too: there is one version of helm.
    version: ignored,
  })
  .transform(({ version: _, ...options }) => options);

const replicaCount = z
  .union([z.int(), z.string().regex(/^\d+$/, { error: 'is not a whole number' })], { error: 'is not a whole number' })
  .transform((count) => Number(count));

const kustomize: z.ZodType<KustomizeOptions> = z.object({
  namePrefix: z.string().exactOptional(),
  nameSuffix: z.string().exactOptional(),
  namespace: z.string().exactOptional(),
  images: texts,
  replicas: z.array(z.object({ name: z.string(), count: replicaCount })).default([]),
  commonLabels: stringMap.default({}),
  labelWithoutSelector: flag,
  labelIncludeTemplates: flag,
  forceCommonLabels: flag,
  commonAnnotations: stringMap.default({}),
  forceCommonAnnotations: flag,
  commonAnnotationsEnvsubst: flag,
  patches: z
    .array(
      z.object({
        path: z.string().exactOptional(),
        patch: z.string().exactOptional(),
        target: anyObject.exactOptional(),
        options: anyObject.exactOptional(),
      }),
    )
    .default([]),
  components: texts,
  ignoreMissingComponents: flag,
  kubeVersion: z.string().exactOptional(),
  apiVersions: texts,
  version: refused('there is one version of kustomize; remove the field to use it'),
});

// Manifests that were exported from Argo CD carry an empty `jsonnet: {}`.
const emptyJsonnet = anyObject
  .refine((jsonnet) => Object.values(jsonnet).every((list) => Array.isArray(list) && list.length === 0), {
    error: 'is not supported: jsonnet runs programs; render it in CI and commit the manifests',
  })
  .exactOptional();

const directory = z
  .object({
    recurse: flag,
    include: z.string().exactOptional(),
    exclude: z.string().exactOptional(),
    disableExtensionFilter: flag,
    jsonnet: emptyJsonnet,
  })
  .transform(({ jsonnet: _, ...options }) => options);

const fields = z.object({
  repoURL: z
    .string()
    .min(1, { error: 'is empty; expected the URL of a repository' })
    .refine((url) => !/^https?:\/\/[^/]*:[^/]*@/i.test(url), {
      error: 'has a password in it; take it out and give it to plumb as a Git credential',
    }),
  targetRevision: z.string().default(''),
  path: z.string().exactOptional(),
  chart: z.string().exactOptional(),
  ref: z.string().exactOptional(),
  tagPrefix: z.string().exactOptional(),
  helm: helm.exactOptional(),
  kustomize: kustomize.exactOptional(),
  directory: directory.exactOptional(),
  plugin: refused('plugins run programs of their own; render it in CI and commit the manifests'),
  name: ignored,
});

/** What a source may say, with Argo CD's defaults. An empty text counts as absent. */
export const sourceSchema: z.ZodType<Source> = fields
  .superRefine((source, context) => {
    for (const { path, broken, message } of rules)
      if (broken(source)) context.addIssue({ code: 'custom', path: [...path], message });
  })
  .transform(toSource);

type Fields = z.infer<typeof fields>;

const tools = ['helm', 'kustomize', 'directory'] as const;

const rules: readonly {
  readonly path: readonly string[];
  readonly broken: (source: Fields) => boolean;
  readonly message: string;
}[] = [
  {
    path: [],
    broken: (source) => tools.filter((tool) => source[tool] !== undefined).length > 1,
    message: 'has more than one of helm, kustomize and directory; expected at most one',
  },
  {
    path: [],
    broken: ({ path = '', chart = '', ref = '' }) => path === '' && chart === '' && ref === '',
    message: 'has none of path, chart and ref; expected at least one (path "." for the root of the repository)',
  },
  {
    path: ['ref'],
    broken: ({ chart = '', ref = '' }) => chart !== '' && ref !== '',
    message: 'stands beside chart; expected one of the two: a chart cannot be referred to',
  },
  {
    path: ['ref'],
    broken: ({ ref = '' }) => !/^[A-Za-z0-9_-]*$/.test(ref),
    message: 'has other characters than letters, digits, "_" and "-"',
  },
  {
    path: ['targetRevision'],
    broken: ({ chart = '', targetRevision }) => chart !== '' && targetRevision === '',
    message: 'is missing; expected the version of the chart, or a range such as ~1.2',
  },
  {
    path: ['kustomize'],
    broken: ({ chart = '', kustomize: options, directory: plain }) => chart !== '' && (options ?? plain) !== undefined,
    message: 'or directory stands beside chart; a chart is rendered by helm',
  },
];

function toSource({ targetRevision, path, chart, ref, tagPrefix, plugin: _, name: __, ...rest }: Fields): Source {
  return {
    ...rest,
    targetRevision: targetRevision === '' ? 'HEAD' : targetRevision,
    ...withText({ path, chart, ref, tagPrefix }),
  };
}

function withText<Key extends string>(texts: { readonly [key in Key]: string | undefined }): { [key in Key]?: string } {
  const written = Object.entries(texts).filter(([, text]) => text !== undefined && text !== '');
  return Object.fromEntries(written) as { [key in Key]?: string };
}

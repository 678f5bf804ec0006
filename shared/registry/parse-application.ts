import * as z from 'zod';
import { type Application, autoRollbackAnnotation, type Destination } from '../model/application.ts';
import { isJsonObject } from '../model/json.ts';
import type { Manifest } from '../model/manifest.ts';
import { mostAlike } from '../model/unknown-fields.ts';
import { ignored, invalid, objectName, readShape, refused, stringMap, warningFor } from './read-shape.ts';
import { sourceSchema } from './source-schema.ts';
import { syncPolicySchema } from './sync-policy-schema.ts';

/** An Application with all defaults filled in, and what a person should know of fields that have no effect. */
export type ParsedApplication = { readonly application: Application; readonly warnings: readonly string[] };

const destination: z.ZodType<Destination> = z
  .object({ server: z.string().default(''), name: z.string().default(''), namespace: z.string().default('') })
  .superRefine(({ server, name }, context) => {
    const message = destinationProblem(server, name);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .transform(({ server, name, namespace }) => (server === '' ? { name, namespace } : { server, namespace }));

const schema = z.object({
  apiVersion: z.literal('argoproj.io/v1alpha1', { error: 'is not argoproj.io/v1alpha1' }),
  kind: z.literal('Application', { error: 'is not Application' }),
  metadata: z.looseObject({
    name: objectName,
    labels: stringMap.default({}),
    annotations: stringMap.default({}),
    finalizers: z.array(z.string()).default([]),
  }),
  spec: z.object({
    project: z.string().default(''),
    destination,
    source: sourceSchema.exactOptional(),
    sources: z.array(sourceSchema).default([]),
    sourceHydrator: refused('sync the branch that it writes to, as an ordinary source'),
    syncPolicy: syncPolicySchema.prefault({}),
    ignoreDifferences: z.array(z.unknown()).default([]),
    info: ignored,
    revisionHistoryLimit: ignored,
  }),
  operation: ignored,
  status: ignored,
});

type Read = z.infer<typeof schema>;

/** Reads an Argo CD Application. What cannot be used, or would mean something else here, is an InvalidManifest. */
export function parseApplication(manifest: Manifest, origin: string): ParsedApplication {
  const { value, warnings } = readShape(schema, withoutIgnoredSource(manifest), origin);
  const { metadata, spec } = value;
  const sources = spec.sources.length > 0 ? spec.sources : spec.source === undefined ? [] : [spec.source];
  const problems = sourcesProblems(sources);
  if (problems.length > 0) throw invalid(manifest, origin, problems);
  const application: Application = {
    name: metadata.name,
    project: spec.project === '' ? 'default' : spec.project,
    labels: metadata.labels,
    annotations: metadata.annotations,
    finalizers: metadata.finalizers,
    destination: spec.destination,
    sources,
    syncPolicy: spec.syncPolicy,
  };
  const more = warningRules.flatMap((rule) => rule(value, manifest));
  return { application, warnings: [...warnings, ...more.map((text) => warningFor(manifest, origin, text))] };
}

function destinationProblem(server: string, name: string): string | undefined {
  if (server === '' && name === '') return 'has neither server nor name; expected exactly one';
  return server !== '' && name !== '' ? 'has both server and name; expected exactly one' : undefined;
}

/** `sources` makes `source` meaningless, so what is wrong with it does not matter either. */
function withoutIgnoredSource(manifest: Manifest): Manifest {
  const { spec } = manifest;
  return hasBoth(manifest) && isJsonObject(spec) ? { ...manifest, spec: { ...spec, source: undefined } } : manifest;
}

function hasBoth(manifest: Manifest): boolean {
  const { spec } = manifest;
  if (!isJsonObject(spec)) return false;
  const { source, sources } = spec;
  return source !== undefined && source !== null && Array.isArray(sources) && sources.length > 0;
}

function sourcesProblems(sources: Application['sources']): readonly { readonly text: string }[] {
  if (sources.length === 0) return [{ text: 'spec has neither source nor sources; expected one of them' }];
  const refs = sources.flatMap(({ ref }) => (ref === undefined ? [] : [ref]));
  const twice = refs.filter((ref, index) => refs.indexOf(ref) !== index);
  return [...new Set(twice)].map((ref) => ({ text: `spec.sources has the ref "${ref}" more than once` }));
}

const syncOptions = [
  'ApplyOutOfSyncOnly',
  'ClientSideApplyMigration',
  'CreateNamespace',
  'Delete',
  'FailOnSharedResource',
  'Force',
  'Prune',
  'PruneLast',
  'PrunePropagationPolicy',
  'Replace',
  'RespectIgnoreDifferences',
  'ServerSideApply',
  'SkipDryRunOnMissingResource',
  'Validate',
] as const;

/** Those that change nothing here; the others are followed, or are how Plumbline works anyway. */
const withoutEffect: readonly string[] = [
  'ClientSideApplyMigration',
  'Delete',
  'Force',
  'Replace',
  'RespectIgnoreDifferences',
  'Validate',
];

const warningRules: readonly ((read: Read, manifest: Manifest) => readonly string[])[] = [
  (_, manifest) => (hasBoth(manifest) ? ['spec.source is ignored, because spec.sources is given'] : []),
  ({ spec }) =>
    spec.ignoreDifferences.length > 0
      ? ['spec.ignoreDifferences is not supported yet and is ignored: these differences are shown and repaired']
      : [],
  ({ operation }) => (operation === undefined ? [] : ['operation is ignored: ask for a sync with plumb sync']),
  ({ spec }) => spec.syncPolicy.syncOptions.flatMap(syncOptionWarning),
  ({ metadata }) => autoRollbackWarning(metadata.annotations[autoRollbackAnnotation]),
];

function autoRollbackWarning(value: string | undefined): readonly string[] {
  if (value === undefined || value === 'true' || value === 'false') return [];
  return [`annotation ${autoRollbackAnnotation} is "${value}" and is ignored; expected "true" or "false"`];
}

function syncOptionWarning(option: string): readonly string[] {
  const [name = '', value] = option.trim().split('=');
  const known = syncOptions.some((each) => each === name);
  if (known && value !== undefined)
    return withoutEffect.includes(name) ? [`sync option "${option}" is not supported yet and is ignored`] : [];
  if (known) return [`sync option "${option}" has no value and is ignored; expected ${name}=true or the like`];
  const meant = mostAlike(name, syncOptions);
  return [
    `sync option "${option}" is not known and is ignored${meant === undefined ? '' : `; did you mean ${meant}?`}`,
  ];
}

import * as z from 'zod';
import { isJsonObject } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { StoreRef } from '../../model/secret-store.ts';
import { admissionProblems } from './admission.ts';
import type { DataFrom, ExternalSecret, RemoteRef, Rewrite } from './external-secret.ts';
import { newerFields } from './newer-fields.ts';
import { parseTarget } from './parse-target.ts';
import { apiVersions, specSchema } from './schema.ts';
import { invalidManifest, objectName, readShape } from './shape.ts';
import type {
  WrittenDataFrom,
  WrittenFind,
  WrittenRemoteRef,
  WrittenRewrite,
  WrittenSourceRef,
  WrittenSpec,
  WrittenStoreRef,
} from './written.ts';

const strings = z.record(z.string(), z.string());

const schema = z.object({
  apiVersion: z.enum(apiVersions),
  kind: z.literal('ExternalSecret', { error: 'is not ExternalSecret' }),
  metadata: z.looseObject({
    name: objectName,
    namespace: objectName,
    labels: strings.optional(),
    annotations: strings.optional(),
  }),
  spec: specSchema,
});

const defaultIntervalMs = 3_600_000;

/**
 * Reads an ExternalSecret, `external-secrets.io/v1` or v1beta1, that has its namespace. SecretError `secret-invalid` names each field that
 * breaks a rule of admission, is not known, or asks for what is not supported.
 */
export function parseExternalSecret(manifest: Manifest): ExternalSecret {
  const { apiVersion, metadata, spec } = readShape(schema, manifest);
  const older = apiVersion === 'external-secrets.io/v1beta1' ? newerFields(spec) : [];
  const problems = [...older, ...admissionProblems(spec)];
  if (problems.length > 0) throw invalidManifest(manifest, problems);
  const { name, namespace, labels = {}, annotations = {} } = metadata;
  const of = { namespace, default: spec.secretStoreRef };
  return {
    namespace,
    name,
    labels,
    annotations,
    refreshPolicy: spec.refreshPolicy ?? 'Periodic',
    refreshIntervalMs: spec.refreshInterval ?? defaultIntervalMs,
    ...syncWindowsOf(spec),
    target: parseTarget(spec.target ?? {}, name),
    data: (spec.data ?? []).map(({ secretKey, remoteRef, sourceRef }) => ({
      secretKey,
      store: storeOf(sourceRef, of),
      remote: parseRemote(remoteRef),
    })),
    dataFrom: (spec.dataFrom ?? []).map((entry) => parseEntry(entry, of)),
    spec: isJsonObject(manifest.spec) ? manifest.spec : {},
  };
}

function syncWindowsOf({ syncWindows }: WrittenSpec): Pick<ExternalSecret, 'syncWindows'> {
  if (syncWindows === undefined) return {};
  const { kind, windows = [] } = syncWindows;
  return {
    syncWindows: { kind, windows: windows.map(({ schedule, duration }) => ({ schedule, durationMs: duration })) },
  };
}

type StoreContext = { readonly namespace: string; readonly default: WrittenStoreRef | undefined };

function storeOf(source: WrittenSourceRef | undefined, { namespace, default: usual }: StoreContext): StoreRef {
  const own = source?.storeRef;
  const { kind = 'SecretStore', name = '' } = (own?.name === undefined ? usual : own) ?? {};
  return { kind, namespace: kind === 'SecretStore' ? namespace : '', name };
}

function parseEntry(entry: WrittenDataFrom, context: StoreContext): DataFrom {
  const { extract, find, sourceRef } = entry;
  const rewrite = (entry.rewrite ?? []).flatMap((one) => parseRewrite(one) ?? []);
  if (extract !== undefined)
    return { type: 'extract', store: storeOf(sourceRef, context), remote: parseRemote(extract), rewrite };
  if (find !== undefined) return { ...parseFind(find), store: storeOf(sourceRef, context), rewrite };
  const { kind = '', name = '' } = sourceRef?.generatorRef ?? {};
  const namespace = kind === 'ClusterGenerator' ? '' : context.namespace;
  return { type: 'generate', generator: { kind, namespace, name }, rewrite };
}

type FindPart = Omit<Extract<DataFrom, { readonly type: 'find' }>, 'store' | 'rewrite'>;

function parseFind(find: WrittenFind): FindPart {
  const { path, name, tags } = find;
  return {
    type: 'find',
    ...(path === undefined ? {} : { path }),
    ...(name?.regexp === undefined ? {} : { nameRegexp: name.regexp }),
    ...(tags === undefined ? {} : { tags }),
    conversion: find.conversionStrategy ?? 'Default',
    decoding: find.decodingStrategy ?? 'None',
    nullBytes: find.nullBytePolicy ?? 'Ignore',
  };
}

function parseRemote(written: WrittenRemoteRef): RemoteRef {
  const { key, property = '', version = '' } = written;
  return {
    key,
    ...(property === '' ? {} : { property }),
    ...(version === '' ? {} : { version }),
    metadata: written.metadataPolicy === 'Fetch',
    conversion: written.conversionStrategy ?? 'Default',
    decoding: written.decodingStrategy ?? 'None',
    nullBytes: written.nullBytePolicy ?? 'Ignore',
  };
}

function parseRewrite({ regexp, transform, merge }: WrittenRewrite): Rewrite | undefined {
  if (regexp !== undefined) return { type: 'regexp', ...regexp };
  if (transform !== undefined) return { type: 'transform', ...transform };
  if (merge === undefined) return undefined;
  return {
    type: 'merge',
    strategy: merge.strategy ?? 'Extract',
    into: merge.into ?? '',
    priority: merge.priority ?? [],
    priorityPolicy: merge.priorityPolicy ?? 'Strict',
    conflictPolicy: merge.conflictPolicy ?? 'Error',
  };
}

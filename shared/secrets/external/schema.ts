import * as z from 'zod';
import {
  conflictPolicies,
  conversions,
  creationPolicies,
  decodings,
  deletionPolicies,
  mergePolicies,
  mergeStrategies,
  nullBytePolicies,
  priorityPolicies,
  refreshPolicies,
  templateScopes,
} from './external-secret.ts';
import { readGoDuration } from './go-duration.ts';
import { dataKey, objectName, word } from './shape.ts';
import type { WrittenSpec } from './written.ts';

const strings = z.record(z.string(), z.string());

const duration = z.string().transform((text, context) => {
  const milliseconds = readGoDuration(text);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: 'custom', message: 'is no duration such as 1h30m' });
  return z.NEVER;
});

const storeRef = z.strictObject({ name: objectName.optional(), kind: word(['SecretStore', 'ClusterSecretStore']) });

const generatorRef = z.strictObject({ apiVersion: z.string().optional(), kind: z.string(), name: objectName });

const sourceRef = z.strictObject({ storeRef: storeRef.optional(), generatorRef: generatorRef.optional() });

const remoteRef = z.strictObject({
  key: z.string(),
  property: z.string().optional(),
  version: z.string().optional(),
  metadataPolicy: word(['None', 'Fetch']),
  conversionStrategy: word(conversions),
  decodingStrategy: word(decodings),
  nullBytePolicy: word(nullBytePolicies),
});

const find = z.strictObject({
  path: z.string().optional(),
  name: z.strictObject({ regexp: z.string().optional() }).optional(),
  tags: strings.optional(),
  conversionStrategy: word(conversions),
  decodingStrategy: word(decodings),
  nullBytePolicy: word(nullBytePolicies),
});

const rewrite = z.strictObject({
  regexp: z.strictObject({ source: z.string(), target: z.string() }).optional(),
  transform: z.strictObject({ template: z.string() }).optional(),
  merge: z
    .strictObject({
      strategy: word(mergeStrategies),
      into: z.string().optional(),
      priority: z.array(z.string()).optional(),
      priorityPolicy: word(priorityPolicies),
      conflictPolicy: word(conflictPolicies),
    })
    .optional(),
});

const templateItem = z.strictObject({ key: dataKey, templateAs: word(templateScopes) });
const templateRef = z.strictObject({ name: objectName, items: z.array(templateItem) });

const templateFrom = z.strictObject({
  configMap: templateRef.optional(),
  secret: templateRef.optional(),
  literal: z.string().optional(),
  target: z.string().optional(),
  valuesDecodingStrategy: word(decodings),
});

const template = z.strictObject({
  type: z.string().optional(),
  engineVersion: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z
      .literal('v2', {
        error: 'is not v2: the first template engine no longer exists; write v2 and adapt the templates',
      })
      .optional(),
  ),
  mergePolicy: word(mergePolicies),
  metadata: z
    .strictObject({
      labels: strings.optional(),
      annotations: strings.optional(),
      finalizers: z.array(z.string()).optional(),
    })
    .optional(),
  data: z.record(dataKey, z.string()).optional(),
  templateFrom: z.array(templateFrom).optional(),
});

const target = z.strictObject({
  name: objectName.optional(),
  creationPolicy: word(creationPolicies),
  deletionPolicy: word(deletionPolicies),
  immutable: z.boolean().optional(),
  template: template.optional(),
  manifest: z
    .strictObject({ apiVersion: z.string().min(1, 'is empty'), kind: z.string().min(1, 'is empty') })
    .optional(),
});

const row = z.strictObject({ secretKey: dataKey, remoteRef, sourceRef: sourceRef.optional() });

const dataFrom = z.strictObject({
  extract: remoteRef.optional(),
  find: find.optional(),
  sourceRef: sourceRef.optional(),
  rewrite: z.array(rewrite).optional(),
});

const syncWindows = z.strictObject({
  kind: z.enum(['allow', 'deny']),
  windows: z.array(z.strictObject({ schedule: z.string(), duration })).optional(),
});

/** The spec of an ExternalSecret as it may be written; fields that are not known are refused. */
export const specSchema: z.ZodType<WrittenSpec> = z.strictObject({
  secretStoreRef: storeRef.optional(),
  refreshPolicy: word(refreshPolicies),
  refreshInterval: duration.optional(),
  syncWindows: syncWindows.optional(),
  target: target.optional(),
  data: z.array(row).optional(),
  dataFrom: z.array(dataFrom).optional(),
});

/** Versions of the API that are understood. */
export const apiVersions = ['external-secrets.io/v1', 'external-secrets.io/v1beta1'] as const;

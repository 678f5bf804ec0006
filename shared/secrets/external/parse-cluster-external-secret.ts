import * as z from 'zod';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { LabelSelector } from '../../model/label-selector.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { ClusterExternalSecret } from './external-secret.ts';
import { apiVersions, specSchema } from './schema.ts';
import { objectName, readShape } from './shape.ts';

const strings = z.record(z.string(), z.string());

const selector: z.ZodType<LabelSelector> = z.strictObject({
  matchLabels: strings.default({}),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

const schema = z.object({
  apiVersion: z.enum(apiVersions),
  kind: z.literal('ClusterExternalSecret', { error: 'is not ClusterExternalSecret' }),
  metadata: z.looseObject({ name: objectName }),
  spec: z.strictObject({
    externalSecretName: objectName.optional(),
    externalSecretMetadata: z.strictObject({ labels: strings.optional(), annotations: strings.optional() }).optional(),
    namespaceSelector: selector.optional(),
    namespaceSelectors: z.array(selector).default([]),
    namespaces: z.array(objectName).default([]),
    refreshTime: z.string().optional(),
    externalSecretSpec: specSchema,
  }),
});

/**
 * Reads a ClusterExternalSecret. Rules of admission are applied to the ExternalSecrets that are made of it; `refreshTime` has no effect, since
 * each sync looks at the namespaces anew.
 */
export function parseClusterExternalSecret(manifest: Manifest): ClusterExternalSecret {
  const { apiVersion, metadata, spec } = readShape(schema, manifest);
  const { namespaceSelector, namespaceSelectors, externalSecretMetadata = {} } = spec;
  return {
    name: metadata.name,
    apiVersion,
    externalSecretName: spec.externalSecretName ?? metadata.name,
    labels: externalSecretMetadata.labels ?? {},
    annotations: externalSecretMetadata.annotations ?? {},
    selectors: [...namespaceSelectors, ...(namespaceSelector === undefined ? [] : [namespaceSelector])],
    namespaces: spec.namespaces,
    spec: writtenSpec(manifest),
  };
}

function writtenSpec({ spec }: Manifest): JsonObject {
  const written = isJsonObject(spec) ? spec.externalSecretSpec : undefined;
  return isJsonObject(written) ? written : {};
}

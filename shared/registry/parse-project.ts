import * as z from 'zod';
import type { Manifest } from '../model/manifest.ts';
import type { KindRule, Project } from '../model/project.ts';
import { ignored, objectName, readShape, refused, warningFor } from './read-shape.ts';

/** An AppProject, and what a person should know of fields that have no effect. */
export type ParsedProject = { readonly project: Project; readonly warnings: readonly string[] };

const kindRule: z.ZodType<KindRule> = z.object({
  group: z.string().default(''),
  kind: z.string(),
  name: z.string().exactOptional(),
});
const kindRules = z.array(kindRule);

const destination = z.object({
  server: z.string().exactOptional(),
  name: z.string().exactOptional(),
  namespace: z.string().exactOptional(),
});

const unsigned = 'signatures of commits are not checked yet; remove the field to deploy commits whether or not signed';

// An empty list asks for nothing, so it may stay.
const noList = z.union([z.array(z.unknown()).max(0), refused(unsigned)], { error: `is not supported: ${unsigned}` });

const schema = z.object({
  apiVersion: z.literal('argoproj.io/v1alpha1', { error: 'is not argoproj.io/v1alpha1' }),
  kind: z.literal('AppProject', { error: 'is not AppProject' }),
  metadata: z.looseObject({ name: objectName }),
  spec: z
    .object({
      description: z.string().default(''),
      sourceRepos: z.array(z.string()).default([]),
      destinations: z.array(destination).default([]),
      clusterResourceWhitelist: kindRules.default([]),
      clusterResourceBlacklist: kindRules.default([]),
      namespaceResourceWhitelist: kindRules.exactOptional(),
      namespaceResourceBlacklist: kindRules.default([]),
      sourceNamespaces: ignored,
      roles: ignored,
      syncWindows: ignored,
      orphanedResources: ignored,
      permitOnlyProjectScopedClusters: ignored,
      destinationServiceAccounts: ignored,
      signatureKeys: noList.exactOptional(),
      sourceIntegrity: refused(unsigned),
    })
    .prefault({}),
  status: ignored,
});

const withoutEffect = [
  { field: 'roles', why: 'who may do what is decided by the rights of whoever runs plumb' },
  { field: 'syncWindows', why: 'syncs are not held back by windows yet' },
  { field: 'orphanedResources', why: 'objects that belong to no application are not reported yet' },
  { field: 'permitOnlyProjectScopedClusters', why: 'clusters are limited by destinations alone' },
  { field: 'destinationServiceAccounts', why: "plumb's own account is used for every destination" },
] as const;

/** Reads an Argo CD AppProject. What would make it less strict than it says is an InvalidManifest. */
export function parseProject(manifest: Manifest, origin: string): ParsedProject {
  const { value, warnings } = readShape(schema, manifest, origin);
  const { metadata, spec } = value;
  const { namespaceResourceWhitelist } = spec;
  const project: Project = {
    name: metadata.name,
    description: spec.description,
    sourceRepos: spec.sourceRepos,
    destinations: spec.destinations,
    clusterResourceWhitelist: spec.clusterResourceWhitelist,
    clusterResourceBlacklist: spec.clusterResourceBlacklist,
    ...(namespaceResourceWhitelist === undefined ? {} : { namespaceResourceWhitelist }),
    namespaceResourceBlacklist: spec.namespaceResourceBlacklist,
  };
  const asked = withoutEffect.filter(({ field }) => asksForSomething(spec[field]));
  const more = asked.map(({ field, why }) => warningFor(manifest, origin, `spec.${field} has no effect: ${why}`));
  return { project, warnings: [...warnings, ...more] };
}

function asksForSomething(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}

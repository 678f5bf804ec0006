import * as z from 'zod';
import { isJsonObject } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { GeneratorRef, GeneratorSpec, SecretGenerator } from '../../model/secret-generator.ts';
import { generatorVersion } from '../external/admission.ts';
import { invalidManifest, readShape } from '../external/shape.ts';
import { generatorSchemas } from './generator-schema.ts';
import { foreignNamespaces } from './own-namespace.ts';

/** Reads a generator, or the one that a ClusterGenerator holds. Kinds that are not supported are a SecretError that names them. */
export function parseGenerator(manifest: Manifest): SecretGenerator {
  const { kind, metadata } = manifest;
  if (manifest.apiVersion !== generatorVersion)
    throw invalidManifest(manifest, [{ field: 'apiVersion', text: `is not ${generatorVersion}` }]);
  const ref = { kind, namespace: metadata.namespace ?? '', name: metadata.name };
  if (kind === 'ClusterGenerator') return parseWrapped(manifest, { ...ref, namespace: '' });
  const spec = readSpec(manifest, {
    kind,
    schema: (inner) => z.object({ spec: inner.prefault({}) }),
    pick: (it) => it.spec,
  });
  return finish(manifest, ref, spec);
}

type SpecOf<Shape> = {
  readonly kind: string;
  readonly schema: (inner: z.ZodType<GeneratorSpec>) => z.ZodType<Shape>;
  readonly pick: (shape: Shape) => GeneratorSpec;
};

function readSpec<Shape>(manifest: Manifest, { kind, schema, pick }: SpecOf<Shape>): GeneratorSpec {
  const known = generatorSchemas.get(kind);
  if (known !== undefined) return pick(readShape(schema(known), manifest));
  throw invalidManifest(manifest, [
    {
      field: kind === manifest.kind ? 'kind' : 'spec.kind',
      text: `${kind} is not supported`,
      hint: `use one of ${[...generatorSchemas.keys()].join(', ')}, or leave it to External Secrets Operator`,
    },
  ]);
}

/** The field of a ClusterGenerator in which the spec of a kind stands. */
const wrappedFields: { readonly [kind: string]: string } = {
  Password: 'passwordSpec',
  UUID: 'uuidSpec',
  SSHKey: 'sshKeySpec',
  ECRAuthorizationToken: 'ecrAuthorizationTokenSpec',
  GithubAccessToken: 'githubAccessTokenSpec',
};

const wrapped = z.object({
  spec: z.object({ kind: z.string(), generator: z.record(z.string(), z.unknown()) }),
});

function parseWrapped(manifest: Manifest, ref: GeneratorRef): SecretGenerator {
  const { kind } = readShape(wrapped, manifest).spec;
  const field = wrappedFields[kind] ?? '';
  const schema = (inner: z.ZodType<GeneratorSpec>): z.ZodType<{ readonly spec: WrappedSpec }> =>
    z.object({ spec: z.strictObject({ kind: z.string(), generator: z.strictObject({ [field]: inner }) }) });
  const spec = readSpec(manifest, { kind, schema, pick: (it) => specIn(it.spec, field) });
  return finish(manifest, ref, spec);
}

type WrappedSpec = { readonly generator: { readonly [field: string]: GeneratorSpec } };

function specIn({ generator }: WrappedSpec, field: string): GeneratorSpec {
  return generator[field] as GeneratorSpec;
}

function finish(manifest: Manifest, ref: GeneratorRef, spec: GeneratorSpec): SecretGenerator {
  const problems = foreignNamespaces(spec, ref.namespace);
  if (problems.length > 0) throw invalidManifest(manifest, problems);
  const controller = controllerOf(manifest);
  return { ref, ...(controller === undefined ? {} : { controller }), spec };
}

function controllerOf({ kind, spec }: Manifest): string | undefined {
  if (!isJsonObject(spec)) return undefined;
  const inner = kind === 'ClusterGenerator' && isJsonObject(spec.generator) ? Object.values(spec.generator)[0] : spec;
  const controller = isJsonObject(inner) ? inner.controller : undefined;
  return typeof controller === 'string' && controller !== '' ? controller : undefined;
}

import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import { groupOf, refOf } from '../../model/object-ref.ts';
import type { SecretRecord } from '../../model/secret-record.ts';
import type { SecretValue } from '../../model/secret-value.ts';
import type { KeySource } from '../../model/secrets-config.ts';
import { allowsMetadata, allowsTarget, sopsKeysFor } from '../../plan/secrets/grants.ts';
import { decryptSopsManifest } from '../../secrets/sops/decrypt-manifest.ts';
import type { SopsContext } from '../../secrets/sops/sops-context.ts';
import { oncePerRun } from './once-per-run.ts';
import type { Resolved } from './resolution.ts';
import { unresolved } from './resolve-external.ts';
import type { Resolving } from './resolving.ts';

/** Manifests that SOPS has encrypted, as they were. */
export async function resolveEncrypted(
  manifests: readonly Manifest[],
  resolving: Resolving,
): Promise<readonly Resolved[]> {
  if (manifests.length === 0) return [];
  return Promise.all(manifests.map((manifest) => resolveOne(manifest, resolving)));
}

async function resolveOne(manifest: Manifest, resolving: Resolving): Promise<Resolved> {
  const ref = refOf(manifest);
  const record: SecretRecord = { declaredBy: ref, target: ref, reads: [] };
  try {
    if (resolving.request.namesOnly === true) return { record, manifest: namesOnly(manifest, resolving) };
    return { record, manifest: await decryptSopsManifest(manifest, await contextFor(manifest, resolving)) };
  } catch (error) {
    return unresolved(record, withoutContent(manifest), error);
  }
}

async function contextFor({ metadata }: Manifest, resolving: Resolving): Promise<SopsContext> {
  const { request, config, ports } = resolving;
  const { dataKeys, conceal } = ports.secrets;
  const asker = { project: request.project.name, namespace: metadata.namespace ?? '' };
  const { ageKeys, kms } = sopsKeysFor(config, asker);
  return {
    ageIdentities: await loadAgeKeys(ageKeys, resolving),
    dataKeys,
    kms,
    conceal,
    allowMetadata: allowsMetadata(config, asker),
    allowKind: ({ apiVersion, kind }) => {
      const group = groupOf(apiVersion);
      return allowsTarget(config, asker, group === '' ? kind : `${group}/${kind}`);
    },
  };
}

/** Each file is read once for all manifests. */
async function loadAgeKeys(sources: readonly KeySource[], resolving: Resolving): Promise<readonly SecretValue[]> {
  const { keyFiles } = resolving.ports.secrets;
  const files = await Promise.all(
    sources.map((source) => oncePerRun(resolving, JSON.stringify(['age', source]), () => keyFiles.read(source))),
  );
  return files.flat().map(({ content }) => content);
}

function withoutContent({ apiVersion, kind, metadata }: Manifest): Manifest {
  const { name, namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}

/** Ciphertexts tell nothing, but they are no values: marks stand in for them. */
function namesOnly(manifest: Manifest, { ports }: Resolving): Manifest {
  const placeholder = ports.secrets.conceal(new TextEncoder().encode('not opened'));
  const { data, stringData, sops: _block, ...others } = manifest;
  const keys = [data, stringData].flatMap((field) => Object.keys(isJsonObject(field) ? field : {}));
  const marks: JsonObject = Object.fromEntries(keys.map((key) => [key, placeholder]));
  return { ...others, ...(keys.length === 0 ? {} : { data: marks }) } as Manifest;
}

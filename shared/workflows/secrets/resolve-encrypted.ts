import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import { groupOf, refOf } from '../../model/object-ref.ts';
import type { SecretRecord } from '../../model/secret-record.ts';
import type { SecretValue } from '../../model/secret-value.ts';
import type { SecretsConfig } from '../../model/secrets-config.ts';
import { allowsMetadata, allowsTarget } from '../../plan/secrets/grants.ts';
import type { SecretPorts } from '../../secret-ports.ts';
import { decryptSopsManifest } from '../../secrets/sops/decrypt-manifest.ts';
import type { SopsContext } from '../../secrets/sops/sops-context.ts';
import type { Resolved } from './resolution.ts';
import { unresolved } from './resolve-external.ts';
import type { Resolving } from './resolving.ts';

/** Manifests that SOPS has encrypted, as they were; the keys are read once for all. */
export async function resolveEncrypted(
  manifests: readonly Manifest[],
  resolving: Resolving,
): Promise<readonly Resolved[]> {
  if (manifests.length === 0) return [];
  const { secrets } = resolving.ports;
  const keys = resolving.request.namesOnly === true ? Promise.resolve([]) : loadAgeKeys(resolving.config, secrets);
  return Promise.all(manifests.map((manifest) => resolveOne(manifest, keys, resolving)));
}

async function loadAgeKeys(config: SecretsConfig, { keyFiles }: SecretPorts): Promise<readonly SecretValue[]> {
  const files = await Promise.all(config.sops.ageKeys.map((source) => keyFiles.read(source)));
  return files.flat().map(({ content }) => content);
}

async function resolveOne(
  manifest: Manifest,
  keys: Promise<readonly SecretValue[]>,
  resolving: Resolving,
): Promise<Resolved> {
  const ref = refOf(manifest);
  const record: SecretRecord = { declaredBy: ref, target: ref, reads: [] };
  try {
    if (resolving.request.namesOnly === true) return { record, manifest: namesOnly(manifest, resolving) };
    return { record, manifest: await decryptSopsManifest(manifest, contextFor(manifest, await keys, resolving)) };
  } catch (error) {
    return unresolved(record, withoutContent(manifest), error);
  }
}

function contextFor(
  { metadata }: Manifest,
  ageIdentities: readonly SecretValue[],
  { request, config, ports }: Resolving,
): SopsContext {
  const { dataKeys, conceal } = ports.secrets;
  const asker = { project: request.project.name, namespace: metadata.namespace ?? '' };
  return {
    ageIdentities,
    dataKeys,
    kms: config.sops.kms,
    conceal,
    allowMetadata: allowsMetadata(config, asker),
    allowKind: ({ apiVersion, kind }) => {
      const group = groupOf(apiVersion);
      return allowsTarget(config, asker, group === '' ? kind : `${group}/${kind}`);
    },
  };
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

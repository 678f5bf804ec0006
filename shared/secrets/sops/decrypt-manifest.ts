import { SecretError } from '../../errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { annotationOf, type Manifest } from '../../model/manifest.ts';
import { formatRef, refOf } from '../../model/object-ref.ts';
import type { SecretValue } from '../../model/secret-value.ts';
import { isSecretKey } from '../secret-key.ts';
import { decodeBase64 } from '../strict-base64.ts';
import { openDataKey } from './data-key.ts';
import { decryptLeaves, isCounted, isMacRight, type OpenedLeaf } from './decrypt-leaves.ts';
import { decryptPayload } from './decrypt-payload.ts';
import { ignoreMacAnnotation, isEncryptedManifest, type Payload, payloadsOf } from './is-sops-manifest.ts';
import { leafOrders, leavesOf, type ManifestLeaf } from './leaf-orders.ts';
import type { SopsContext } from './sops-context.ts';
import { readMetadata } from './sops-metadata.ts';
import type { PlainValue } from './sops-value.ts';

/**
 * A manifest that SOPS has encrypted, as it was: its values concealed, its sops block gone, files in a Secret decrypted, too.
 * Values of a Secret are under `data` then. Anything that is not right is a SecretError that names the object and the key.
 */
export async function decryptSopsManifest(manifest: Manifest, context: SopsContext): Promise<Manifest> {
  const object = formatRef(refOf(manifest));
  const ignoreMac = annotationOf(manifest, ignoreMacAnnotation) === 'true';
  const opened = isEncryptedManifest(manifest)
    ? await decryptWhole(manifest, context, { object, ignoreMac })
    : manifest;
  const values = new Map<string, SecretValue>();
  for (const payload of payloadsOf(manifest)) {
    const file = { object: `${object}, key ${payload.key}`, ignoreMac, text: payload.text, format: payload.format };
    values.set(payload.key, context.conceal(await decryptPayload(file, context)));
  }
  return values.size === 0 ? opened : withPayloads(opened, payloadsOf(manifest), values);
}

type Options = { readonly object: string; readonly ignoreMac: boolean };

async function decryptWhole(
  manifest: Manifest,
  context: SopsContext,
  { object, ignoreMac }: Options,
): Promise<Manifest> {
  const metadata = readMetadata(manifest['sops'], object);
  const dataKey = await openDataKey(metadata, context, object);
  const document = { object, metadata, dataKey };
  const leaves = decryptLeaves(leavesOf(manifest), document);
  if (
    !ignoreMac &&
    !isMacRight(
      leafOrders(leaves, (leaf) => isCounted(leaf, metadata)),
      document,
    )
  )
    throw wrongMac(object, metadata.macOnlyEncrypted);
  return isSecret(manifest) ? toSecret(manifest, leaves, context) : toOther(manifest, leaves, context);
}

function isSecret({ apiVersion, kind }: Manifest): boolean {
  return apiVersion === 'v1' && kind === 'Secret';
}

type Leaves = readonly OpenedLeaf<ManifestLeaf>[];

function toSecret(manifest: Manifest, leaves: Leaves, context: SopsContext): Manifest {
  const object = formatRef(refOf(manifest));
  const data = new Map<string, SecretValue>();
  const rest: OpenedLeaf<ManifestLeaf>[] = [];
  const isField = (leaf: ManifestLeaf, field: string): boolean => leaf.at[0] === field && leaf.at.length === 2;
  for (const leaf of leaves) if (isField(leaf, 'data')) data.set(...toValue(leaf, object, context));
  for (const leaf of leaves) {
    if (isField(leaf, 'stringData')) data.set(...toValue(leaf, object, context));
    else if (!isField(leaf, 'data')) rest.push(leaf);
  }
  const { stringData, data: encrypted, ...others } = manifest;
  const decrypted = withoutBlock(others as Manifest, replaceAll(others as Manifest, rest, { context, object }));
  return data.size === 0 ? decrypted : { ...decrypted, data: Object.fromEntries(data) };
}

function toValue(leaf: OpenedLeaf<ManifestLeaf>, object: string, { conceal }: SopsContext): [string, SecretValue] {
  const [field, key = ''] = leaf.at.map(String);
  const where = `${field}.${key}`;
  if (!isSecretKey(key)) throw invalid(object, `${where} is no name for a key of a Secret`, 'rename it');
  const { plain, value } = leaf;
  if ((plain !== undefined && plain.type !== 'str') || (plain === undefined && typeof value !== 'string'))
    throw invalid(object, `${where} is not a text`, 'put it in quotes, and encrypt it anew');
  const bytes = plain?.bytes ?? Buffer.from(String(value));
  const content = field === 'data' ? decodeBase64(Buffer.from(bytes).toString('latin1')) : bytes;
  if (content === undefined)
    throw invalid(
      object,
      `${where} is not base64`,
      'write the value under stringData, or in base64, before encrypting',
    );
  return [key, conceal(content)];
}

function toOther(manifest: Manifest, leaves: Leaves, context: SopsContext): Manifest {
  const object = formatRef(refOf(manifest));
  const hasValues = leaves.some(({ plain }) => plain !== undefined && plain.bytes.length > 0);
  if (hasValues && !context.allowKind(manifest))
    throw new SecretError('secret-refused', `${object}: a ${manifest.kind} may not carry encrypted values`, {
      object,
      hint: 'use a Secret, or let the operator name the kind under targets of a grant',
    });
  return withoutBlock(manifest, replaceAll(manifest, leaves, { context, object }));
}

function withoutBlock({ apiVersion, kind, metadata }: Manifest, { sops, ...content }: JsonObject): Manifest {
  return { ...content, apiVersion, kind, metadata: (content['metadata'] as Manifest['metadata']) ?? metadata };
}

type Placing = { readonly context: SopsContext; readonly object: string };

/** The manifest with concealed values in the places of the encrypted ones. */
function replaceAll(manifest: Manifest, leaves: Leaves, { context, object }: Placing): JsonObject {
  const replaced = new Map<string, Json>();
  for (const { at, path, plain } of leaves) {
    if (plain === undefined || plain.bytes.length === 0) continue;
    const where = path.join('.');
    const isProtected = at[0] === 'metadata' || isSecret(manifest) || at.length === 1;
    if (isProtected && !context.allowMetadata)
      throw new SecretError('secret-refused', `${object}: ${where} was encrypted, and values may not stand there`, {
        object,
        hint: "encrypt data and stringData alone (sops --encrypted-regex '^(data|stringData)$'), or let the operator grant metadata: true",
      });
    replaced.set(
      JSON.stringify(at),
      toJson(plain, context, () => invalid(object, `${where} is not a text`, 'put it in quotes')),
    );
  }
  return replaceIn(manifest, [], replaced) as JsonObject;
}

function toJson(plain: PlainValue, { conceal }: SopsContext, fail: () => SecretError): Json {
  if (plain.type !== 'str') throw fail();
  return conceal(plain.bytes);
}

function replaceIn(value: Json, at: ManifestLeaf['at'], replaced: ReadonlyMap<string, Json>): Json {
  if (Array.isArray(value)) return value.map((item: Json, index) => replaceIn(item, [...at, index], replaced));
  if (!isJsonObject(value)) return replaced.get(JSON.stringify(at)) ?? value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, replaceIn(member ?? null, [...at, key], replaced)]),
  );
}

/** The manifest with files in the places of their ciphertexts. */
function withPayloads(
  manifest: Manifest,
  payloads: readonly Payload[],
  values: ReadonlyMap<string, SecretValue>,
): Manifest {
  const { stringData, data, ...others } = manifest;
  const names = new Set(payloads.filter(({ field }) => field === 'stringData').map(({ key }) => key));
  const texts = Object.entries(isJsonObject(stringData) ? stringData : {}).filter(([key]) => !names.has(key));
  return {
    ...others,
    ...(texts.length === 0 ? {} : { stringData: Object.fromEntries(texts) }),
    data: { ...(isJsonObject(data) ? data : {}), ...Object.fromEntries(values) },
  };
}

function wrongMac(object: string, countsEncryptedOnly: boolean): SecretError {
  const again = countsEncryptedOnly
    ? 'encrypt it anew with sops, '
    : 'encrypt it with mac_only_encrypted: true, which counts encrypted values alone, ';
  const hint = `${again}or annotate it with ${ignoreMacAnnotation}: "true", which gives up the proof that nobody left out or added a value`;
  const elsewise = countsEncryptedOnly
    ? 'a value was added, left out or moved'
    : 'kustomize added or sorted fields, such as labels, annotations or the namespace';
  const problem = `its MAC is not right: it was edited after it was encrypted, or ${elsewise}`;
  return invalid(object, problem, hint);
}

function invalid(object: string, problem: string, hint: string): SecretError {
  return new SecretError('secret-invalid', `${object}: ${problem}`, { object, hint });
}

import { canonicalJson, type Json } from '../../model/json.ts';
import { type Manifest, withMetadata } from '../../model/manifest.ts';
import { refOf } from '../../model/object-ref.ts';
import type { SecretRecord } from '../../model/secret-record.ts';
import { allowsMetadata } from '../../plan/secrets/grants.ts';
import { shellOf, targetOf } from '../../plan/secrets/secret-kinds.ts';
import { syncAnnotations } from '../../plan/secrets/sync-annotations.ts';
import type { SecretPorts } from '../../secret-ports.ts';
import { parseSealedSecret } from '../../secrets/sealed/parse-sealed-secret.ts';
import type { SealedSecret } from '../../secrets/sealed/sealed-secret.ts';
import type { SealingKey } from '../../secrets/sealed/sealing-key.ts';
import { Unsealer } from '../../secrets/sealed/unseal.ts';
import { isDeterministic } from '../../secrets/template/inspect-template.ts';
import { renderTemplate } from '../../secrets/template/render-template.ts';
import { keptManifest, madeBefore, readTarget, shortMark, withNote } from './keep-secret.ts';
import { emptySecret } from './keys-only.ts';
import { loadSealingKeys } from './load-sealing-keys.ts';
import type { Resolved } from './resolution.ts';
import { unresolved } from './resolve-external.ts';
import type { Resolving } from './resolving.ts';

/** Which key opened what is remembered for as long as the process lives. */
const unsealers = new WeakMap<SecretPorts, Unsealer>();

/** The Secrets of SealedSecrets; the keys are read once for all. */
export async function resolveSealed(
  manifests: readonly Manifest[],
  resolving: Resolving,
): Promise<readonly Resolved[]> {
  if (manifests.length === 0) return [];
  const { secrets } = resolving.ports;
  const keys = resolving.request.namesOnly === true ? Promise.resolve([]) : loadSealingKeys(secrets);
  // Nobody waits for them where no manifest can be read.
  keys.catch(() => undefined);
  return Promise.all(manifests.map((manifest) => resolveOne(manifest, keys, resolving)));
}

async function resolveOne(
  manifest: Manifest,
  keys: Promise<readonly SealingKey[]>,
  resolving: Resolving,
): Promise<Resolved> {
  const record: SecretRecord = { declaredBy: refOf(manifest), target: targetOf(manifest), reads: [] };
  try {
    const sealed = parseSealedSecret(manifest);
    if (resolving.request.namesOnly === true) return { record, manifest: namesOnly(sealed, record, resolving) };
    const secret = await unsealOnce({ sealed, record, keys: await keys }, resolving);
    return { record, manifest: withMetadata(secret, { annotations: syncAnnotations(manifest, secret) }) };
  } catch (error) {
    return unresolved(record, shellOf(manifest), error);
  }
}

type Unsealing = { readonly sealed: SealedSecret; readonly record: SecretRecord; readonly keys: readonly SealingKey[] };

/** A template that gives something else each time is rendered once for each change of the SealedSecret. */
async function unsealOnce({ sealed, record, keys }: Unsealing, resolving: Resolving): Promise<Manifest> {
  const { request, config, ports, now } = resolving;
  const { conceal, randomBytes } = ports.secrets;
  const isSteady = [...sealed.template.data.values()].every((text) => isDeterministic(text, 'sealed-secrets'));
  const before = isSteady ? undefined : madeBefore(await readTarget(record.target, 'v1', request.cluster), conceal);
  const inputs = shortMark(textOf(sealed), conceal);
  if (before?.isIntact === true && before.note.inputs === inputs) return keptManifest(before);
  const unsealer = unsealers.get(ports.secrets) ?? new Unsealer();
  unsealers.set(ports.secrets, unsealer);
  const asker = { project: request.project.name, namespace: record.target.namespace };
  const allowMetadata = allowsMetadata(config, asker);
  const { manifest } = await unsealer.unseal(sealed, keys, {
    conceal,
    renderTemplate,
    now,
    randomBytes,
    allowMetadata,
  });
  return isSteady ? manifest : withNote(manifest, { inputs, answers: '-' }, conceal);
}

function textOf({ place, encrypted, legacy = '', template }: SealedSecret): Json {
  const { data, ...rest } = template;
  return canonicalJson([place, [...encrypted], legacy, [...data], rest] as unknown as Json);
}

function namesOnly({ encrypted, template }: SealedSecret, { target }: SecretRecord, { ports }: Resolving): Manifest {
  const keys = [...new Set([...encrypted.keys(), ...template.data.keys()])];
  const placeholder = ports.secrets.conceal(new TextEncoder().encode('not opened'));
  return { ...emptySecret(target), data: Object.fromEntries(keys.map((key) => [key, placeholder])) };
}

import { SecretError } from '../../errors.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { Conceal } from '../../model/secret-value.ts';
import { isSecretKey, maxSecretBytes } from '../secret-key.ts';
import { KeyRing } from './key-ring.ts';
import { readLegacy } from './legacy-secret.ts';
import { failureOf, openValues } from './open-values.ts';
import {
  annotations,
  nameOfSealed,
  type Ownership,
  ownershipOf,
  type SealedSecret,
  type SecretParts,
} from './sealed-secret.ts';
import type { SealingKey } from './sealing-key.ts';

/** What a template is rendered with; the engine's own request fits it. */
export type TemplateCall = {
  readonly name: string;
  readonly text: string;
  readonly data: ReadonlyMap<string, Uint8Array>;
  readonly missingKey: 'default';
  readonly flavour: 'sealed-secrets';
  readonly now: Date;
  readonly randomBytes: (length: number) => Uint8Array;
};

export type UnsealContext = {
  readonly conceal: Conceal;
  readonly renderTemplate: (call: TemplateCall) => Uint8Array;
  readonly now: Date;
  readonly randomBytes: (length: number) => Uint8Array;
  /** True: opened values may stand in labels, annotations and the type, as those of `spec.data` do. */
  readonly allowMetadata: boolean;
};

export type Unsealed = {
  /** A Secret with secret values for `data`. */
  readonly manifest: Manifest;
  /** What the template's annotations say; those of the live Secret are what counts for it (`ownershipOf`). */
  readonly ownership: Ownership;
  /** True: the Secret shall stay when the SealedSecret goes. */
  readonly skipSetOwnerReferences: boolean;
};

/** Opens SealedSecrets, and remembers between calls which key opened what. Opened values are kept nowhere. */
export class Unsealer {
  readonly #ring = new KeyRing();

  /** The Secret of a SealedSecret; every key that fails is named in one SecretError. */
  async unseal(sealed: SealedSecret, keys: readonly SealingKey[], context: UnsealContext): Promise<Unsealed> {
    const { legacy, place } = sealed;
    const parts =
      legacy === undefined
        ? await this.#openParts(sealed, keys, context)
        : readLegacy(await this.open(sealed, keys), place, context.allowMetadata);
    return toUnsealed(sealed, parts, context.conceal);
  }

  /** The opened values by key, templates left out; `spec.data` is under the key of that name. */
  async open(sealed: SealedSecret, keys: readonly SealingKey[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const { place, legacy } = sealed;
    const encrypted = legacy === undefined ? sealed.encrypted : new Map([['spec.data', legacy]]);
    const { values, problems } = divide(await openValues(this.#ring, { place, encrypted, keys }));
    const failure = failureOf(place, problems);
    if (failure !== undefined) throw failure;
    return values;
  }

  async #openParts(sealed: SealedSecret, keys: readonly SealingKey[], context: UnsealContext): Promise<SecretParts> {
    const { place, encrypted, template } = sealed;
    const { values, problems } = divide(await openValues(this.#ring, { place, encrypted, keys }));
    const rendered = problems.size > 0 ? new Map() : renderAll(template.data, values, { context, problems });
    const failure = failureOf(place, problems);
    if (failure !== undefined) throw failure;
    return { ...template, values: new Map([...values, ...rendered]) };
  }
}

type Divided = { readonly values: Map<string, Uint8Array>; readonly problems: Map<string, string> };

function divide(opened: Awaited<ReturnType<typeof openValues>>): Divided {
  const divided: Divided = { values: new Map(), problems: new Map() };
  for (const [key, each] of opened) {
    if ('problem' in each) divided.problems.set(key, each.problem);
    else if (isSecretKey(key)) divided.values.set(key, each.bytes);
    else divided.problems.set(key, 'it is no name for a key of a Secret (letters, digits, "-", "_" and ".")');
  }
  return divided;
}

type Rendering = { readonly context: UnsealContext; readonly problems: Map<string, string> };

function renderAll(
  templates: ReadonlyMap<string, string>,
  data: ReadonlyMap<string, Uint8Array>,
  { context, problems }: Rendering,
): ReadonlyMap<string, Uint8Array> {
  const rendered = new Map<string, Uint8Array>();
  const { now, randomBytes } = context;
  for (const [name, text] of templates) {
    try {
      const call = { name, text, data, missingKey: 'default', flavour: 'sealed-secrets', now, randomBytes } as const;
      rendered.set(name, context.renderTemplate(call));
    } catch (error) {
      problems.set(name, error instanceof SecretError ? error.message : 'its template fails');
    }
  }
  return rendered;
}

function toUnsealed({ place, template }: SealedSecret, parts: SecretParts, conceal: Conceal): Unsealed {
  const size = [...parts.values.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  if (size > maxSecretBytes) throw tooLarge(nameOfSealed(place));
  const data: JsonObject = Object.fromEntries([...parts.values].map(([key, bytes]) => [key, conceal(bytes)]));
  const { namespace, name } = place;
  const manifest: Manifest = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      ...(namespace === '' ? {} : { namespace }),
      ...(isEmpty(parts.labels) ? {} : { labels: parts.labels }),
      ...(isEmpty(parts.annotations) ? {} : { annotations: parts.annotations }),
      ...(parts.finalizers.length === 0 ? {} : { finalizers: parts.finalizers }),
    },
    type: parts.type ?? 'Opaque',
    ...(parts.immutable === undefined ? {} : { immutable: parts.immutable }),
    data,
  };
  const skipSetOwnerReferences = template.annotations[annotations.skipOwner] === 'true';
  return { manifest, ownership: ownershipOf(template.annotations), skipSetOwnerReferences };
}

function isEmpty(map: object): boolean {
  return Object.keys(map).length === 0;
}

function tooLarge(object: string): SecretError {
  return new SecretError('secret-invalid', `${object}: its values are larger than the 1 MiB that a Secret may hold`, {
    object,
    hint: 'divide it into several',
  });
}

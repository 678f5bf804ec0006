import { SecretError } from '../../errors.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { SecretValue } from '../../model/secret-value.ts';
import { type DraftEntry, entriesOf } from './draft.ts';
import type { ExistingSecret, Known } from './evaluation.ts';
import type { ExternalSecret } from './external-secret.ts';
import { keepsProviderData, notRecoverable } from './generated.ts';
import { isDataKey } from './keys.ts';
import { type Metadata, metadataOf } from './metadata.ts';
import type { ProviderData } from './provider-data.ts';
import { forbiddenType } from './target-rules.ts';
import type { Values } from './values.ts';

const largest = 1_048_576;

/** The Secret that an ExternalSecret asks for, its values concealed. */
export function secretManifest(
  es: ExternalSecret,
  { provider, draft }: { readonly provider: ProviderData; readonly draft: readonly DraftEntry[] },
  known: Known,
): Manifest {
  const { target } = es;
  const templated = entriesOf(draft, 'data');
  if ([...provider.kept].some((key) => templated.has(key))) throw notRecoverable();
  const bytes = new Map([...templated].map(([key, entry]) => [key, entry.bytes] as const));
  const values = keepsProviderData(target.template) ? new Map([...provider.values, ...bytes]) : bytes;
  checkData(values);
  const metadata = metadataOf(es, draft, known);
  const type = target.template?.type;
  const forbidden = forbiddenType(type, metadata.annotations);
  if (forbidden !== undefined) throw new SecretError('secret-refused', forbidden, { hint: 'use another type' });
  const data = concealed(values, known);
  checkImmutable(known.existing, data);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: manifestMetadata(es, metadata),
    ...(type === undefined ? {} : { type }),
    ...(target.immutable ? { immutable: true } : {}),
    data,
  };
}

/** The metadata of the object that is made. */
export function manifestMetadata(es: ExternalSecret, { labels, annotations }: Metadata): Manifest['metadata'] {
  const { name, template } = es.target;
  const finalizers = template?.finalizers ?? [];
  return {
    name,
    namespace: es.namespace,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...(finalizers.length === 0 ? {} : { finalizers }),
  };
}

function concealed(values: Values, { conceal }: Known): { readonly [key: string]: SecretValue } {
  const sorted = [...values.keys()].sort();
  return Object.fromEntries(sorted.map((key) => [key, conceal(values.get(key) ?? new Uint8Array())]));
}

function checkData(values: Values): void {
  if (![...values.keys()].every(isDataKey)) {
    throw new SecretError('secret-invalid', 'one of its keys is none that Kubernetes takes', {
      hint: 'give it a name of letters a-z, digits, "-", "_" and "." with rewrite or a template',
    });
  }
  const size = [...values.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (size <= largest) return;
  throw new SecretError('secret-invalid', 'the Secret would be larger than 1 MiB, the most that Kubernetes takes', {
    hint: 'take fewer keys, or divide them among several ExternalSecrets',
  });
}

function checkImmutable(existing: ExistingSecret | undefined, data: { readonly [key: string]: SecretValue }): void {
  if (existing?.immutable !== true) return;
  if (Object.entries(data).every(([key, value]) => existing.data.get(key)?.mark === value.mark)) return;
  throw new SecretError('secret-invalid', 'the Secret in the cluster is immutable, and its data would change', {
    hint: 'give the Secret another name in target.name, or delete it by hand',
  });
}

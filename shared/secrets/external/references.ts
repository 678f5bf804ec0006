import { canonicalJson, type Json } from '../../model/json.ts';
import type { GeneratorRef } from '../../model/secret-generator.ts';
import type { StoreRef } from '../../model/secret-store.ts';
import type { SecretAddress } from '../../secret-ports.ts';
import type { DataFrom, ExternalSecret, RemoteRef, TemplateFrom } from './external-secret.ts';

/** Something that has to be fetched before an ExternalSecret can be evaluated. */
export type Reference =
  | { readonly type: 'read'; readonly store: StoreRef; readonly address: SecretAddress }
  | {
      readonly type: 'find';
      readonly store: StoreRef;
      readonly path?: string;
      /** RE2, not anchored; see `nameMatcher`. */
      readonly nameRegexp?: string;
      readonly tags?: { readonly [key: string]: string };
    }
  | { readonly type: 'generate'; readonly generator: GeneratorRef }
  | {
      readonly type: 'template-source';
      readonly kind: 'ConfigMap' | 'Secret';
      readonly namespace: string;
      readonly name: string;
    };

/** All that an ExternalSecret refers to, each once, in the order in which it is written. */
export function referencesOf(es: ExternalSecret): readonly Reference[] {
  const all = [
    ...es.dataFrom.map((entry) => referenceOfEntry(entry)),
    ...es.data.map(({ store, remote }) => readReference(store, remote)),
    ...(es.target.template?.templateFrom ?? []).flatMap((entry) => referenceOfTemplate(es.namespace, entry) ?? []),
  ];
  return [...new Map(all.map((reference) => [referenceKey(reference), reference])).values()];
}

/** A text that is equal for references that have the same answer. */
export function referenceKey(reference: Reference): string {
  return canonicalJson(reference as unknown as Json);
}

/** What an entry of dataFrom reads. */
export function referenceOfEntry(entry: DataFrom): Reference {
  if (entry.type === 'generate') return { type: 'generate', generator: entry.generator };
  if (entry.type === 'extract') return readReference(entry.store, entry.remote);
  const { store, path, nameRegexp, tags } = entry;
  return {
    type: 'find',
    store,
    ...(path === undefined ? {} : { path }),
    ...(nameRegexp === undefined ? {} : { nameRegexp }),
    ...(tags === undefined ? {} : { tags }),
  };
}

/** What a row reads; rows that differ in their property alone read the same. */
export function readReference(store: StoreRef, remote: RemoteRef): Reference {
  const { key, version, metadata } = remote;
  const address = { key, ...(version === undefined ? {} : { version }), ...(metadata ? { metadata } : {}) };
  return { type: 'read', store, address };
}

/** The ConfigMap or Secret that a templateFrom names; undefined for a literal. */
export function referenceOfTemplate(namespace: string, { from }: TemplateFrom): Reference | undefined {
  return from.type === 'literal' ? undefined : { type: 'template-source', kind: from.type, namespace, name: from.name };
}

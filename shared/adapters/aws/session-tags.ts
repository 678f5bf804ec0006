import { createHash } from 'node:crypto';
import type { AwsIdentity } from '../../model/aws-store.ts';
import type { StoreRef } from '../../model/secret-store.ts';

/** For whom an identity is used. */
export type Asker = {
  /** The namespace of the ExternalSecret that asks. */
  readonly namespace: string;
  /** A store, or what else wants to call AWS. */
  readonly store: Omit<StoreRef, 'kind'> & { readonly kind: string };
};

type Tag = { readonly key: string; readonly value: string };

/** The tags of External Secrets, by which IAM policies tell namespaces and stores apart; nobody can set these otherwise. */
export function sessionTagsFor(identity: AwsIdentity, { namespace, store }: Asker): readonly Tag[] {
  if (identity.sessionTagsPolicy === 'None') return identity.sessionTags;
  const own: readonly Tag[] = [
    { key: 'esoNamespace', value: namespace },
    { key: 'esoStoreName', value: store.name },
    { key: 'esoStoreKind', value: store.kind },
  ];
  const isOwn = ({ key }: Tag): boolean => own.some((tag) => tag.key.toLowerCase() === key.toLowerCase());
  return [...own, ...identity.sessionTags.filter((tag) => !isOwn(tag))];
}

const longestName = 64;

/**
 * The name of a session, which AWS's log shows: who asked, in the letters and the length that are allowed. Namespaces that a store
 * does not tell apart share a session, and so their reads.
 */
export function sessionNameFor({ sessionTagsPolicy }: AwsIdentity, { namespace, store }: Asker): string {
  const asking = sessionTagsPolicy === 'None' ? store.namespace : namespace;
  const parts = ['plumbline', asking, store.name].filter((part) => part !== '');
  const whole = parts.join('-').replace(/[^\w+=,.@-]/g, '-');
  if (whole.length <= longestName) return whole;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 8);
  return `${whole.slice(0, longestName - 9)}-${hash}`;
}

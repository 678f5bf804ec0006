import { SecretError } from '../../errors.ts';
import type { ClusterKeyRef, ServiceAccountRef } from '../../model/cluster-key-ref.ts';
import { formatStore, type StoreRef } from '../../model/secret-store.ts';
import { revealSecret, type SecretValue } from '../../model/secret-value.ts';
import type { StoreAccess } from '../../secret-ports.ts';

/** The text of a key of a Secret with which a store proves who it is, without white space around it. */
export async function readCredential(access: StoreAccess, ref: ClusterKeyRef, store: StoreRef): Promise<string> {
  return toText(await access.readSecretKey(ref), `key ${ref.key} of Secret ${ref.name}`, store);
}

/** A token of a ServiceAccount with which a store proves who it is. */
export async function requestAccountToken(
  access: StoreAccess,
  account: ServiceAccountRef,
  store: StoreRef,
): Promise<string> {
  return toText(await access.requestToken(account), `the token of ServiceAccount ${account.name}`, store);
}

function toText(value: SecretValue, what: string, store: StoreRef): string {
  const text = Buffer.from(revealSecret(value)).toString('utf8').trim();
  if (text !== '') return text;
  throw new SecretError('secret-invalid', `${formatStore(store)}: ${what} is empty`, {
    object: formatStore(store),
    hint: 'Put the credential there, or correct the reference in the store.',
  });
}

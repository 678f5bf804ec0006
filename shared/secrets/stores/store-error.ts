import { SecretError } from '../../errors.ts';
import { formatStore, type StoreRef } from '../../model/secret-store.ts';

/** The error for a store whose fields cannot be used; they are named, their content is not. */
export function invalidStore(ref: StoreRef, fields: readonly string[]): SecretError {
  return new SecretError('secret-invalid', `${formatStore(ref)}: ${fields.join(', ')} cannot be used as written`, {
    object: formatStore(ref),
    hint: 'docs/kinds/secret-store.md has every field',
  });
}

import { SecretError } from '../../errors.ts';
import { formatStore, type ProviderSpec, type SecretStore } from '../../model/secret-store.ts';
import type { SecretAddress } from '../../secret-ports.ts';

/** The address of a version that a snapshot has on record; SecretError where the provider keeps no older versions. */
export function pinnedAddress({ ref, provider }: SecretStore, address: SecretAddress, version: string): SecretAddress {
  if (address.metadata === true) return address;
  const keepsVersions = provider.type === 'aws' || provider.type === 'fake' || isVersioned(provider);
  if (keepsVersions && version !== '') return { ...address, version };
  const shown = formatStore(ref);
  throw new SecretError(
    'secret-absent',
    `${shown}: ${address.key} cannot be read as it was: this kind of store keeps no older versions`,
    {
      object: shown,
      hint: 'roll back without --secrets=as-of-snapshot, so that current values are used',
    },
  );
}

function isVersioned(provider: ProviderSpec): boolean {
  return provider.type === 'vault' && provider.version === 'v2';
}

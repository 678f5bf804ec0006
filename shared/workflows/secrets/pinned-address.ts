import { SecretError } from '../../errors.ts';
import type { SecretRead } from '../../model/secret-record.ts';
import { formatStore, type ProviderSpec, type SecretStore } from '../../model/secret-store.ts';
import type { SecretAddress } from '../../secret-ports.ts';
import type { SecretsRequest } from './resolution.ts';

/** What a snapshot has on record of a secret, or, without an address, of any secret of a store; undefined: nothing. */
export function recordedRead(
  versions: readonly SecretRead[],
  { ref }: SecretStore,
  address?: SecretAddress,
): SecretRead | undefined {
  const shown = formatStore(ref);
  const same = versions.filter(
    ({ store, key, asked }) =>
      store === shown && (address === undefined || (key === address.key && asked === address.version)),
  );
  return same.find(({ version }) => version !== '') ?? same[0];
}

/** The address to ask for: of the version that a snapshot has on record, where one is asked for. */
export function asOfSnapshot(
  store: SecretStore,
  address: SecretAddress,
  { versions }: Pick<SecretsRequest, 'versions'>,
): SecretAddress {
  const before = versions && recordedRead(versions, store, address);
  return before === undefined ? address : pinnedAddress(store, address, before.version);
}

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

import type { AwsStore } from '../../model/aws-store.ts';
import type { ProviderSpec, SecretStore } from '../../model/secret-store.ts';
import { vaultPathOf } from '../../model/vault-path.ts';
import type { VaultStore } from '../../model/vault-store.ts';
import { nameOfArn } from './aws-grant.ts';

/** What a key is at its provider: equal for all stores that lead to the same secret, so that an event can be matched. */
export function secretSource(provider: ProviderSpec, key: string): string {
  switch (provider.type) {
    case 'aws':
      return awsSource(provider.service, provider.region, `${provider.prefix}${key}`);
    case 'vault':
      return `vault ${provider.server} ${provider.namespace ?? ''} ${placeInVault(provider, key)}`;
    case 'kubernetes':
      return `kubernetes ${provider.server?.url ?? ''} ${provider.remoteNamespace}/${key}`;
    default:
      return `fake ${key}`;
  }
}

/** A store as the names mean it that a search finds: at AWS they are whole, with the prefix in them. */
export function forFoundNames(store: SecretStore): SecretStore {
  const { provider } = store;
  return provider.type === 'aws' ? { ...store, provider: { ...provider, prefix: '' } } : store;
}

/** The same for a name or ARN at AWS. */
export function awsSource(service: AwsStore['service'], region: string, nameOrArn: string): string {
  return `${service} ${region} ${nameOrArn.startsWith('arn:') ? nameOfArn(nameOrArn) : nameOrArn}`;
}

function placeInVault(provider: VaultStore, key: string): string {
  const found = vaultPathOf(provider, key);
  return found === undefined ? key : `${found.mount}/${found.path}`;
}

import type { SecretStore } from '../../model/secret-store.ts';
import type { SecretProvider } from '../../secret-ports.ts';
import { fakeProvider } from '../../secrets/stores/fake-provider.ts';
import type { Resolving } from './resolving.ts';
import { storeAccess } from './store-access.ts';

/** A store's provider, for the ExternalSecrets of a namespace. */
export async function openProvider(
  store: SecretStore,
  namespace: string,
  { request, ports }: Resolving,
): Promise<SecretProvider> {
  if (store.provider.type === 'fake')
    return fakeProvider({ store: store.ref, spec: store.provider, conceal: ports.secrets.conceal });
  const access = storeAccess({ owner: store.ref, namespace, cluster: request.cluster });
  return ports.secrets.stores.open(store, access);
}
